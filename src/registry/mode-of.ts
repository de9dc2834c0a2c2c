// What kind of request a deployment serves: what the operator says, else what the provider serves alone, else what the
// model's name tells, else chat. LiteLLM looks bare names up in its price map; the names here are the ones that follow a
// rule, because a chat request to a speech or image model fails although the model is well.

import type { Mode } from "./deployment.ts";
import { modes } from "./deployment.ts";

/** Modes that LiteLLM knows and this version does not probe. */
const laterModes = ["search", "vector_store", "anthropic_messages", "evaluation"] as const;

export type ModeChoice =
  | { readonly kind: "probed"; readonly mode: Mode }
  | { readonly kind: "later"; readonly reason: string }
  | { readonly kind: "unknown"; readonly problem: string };

const rerankName = /rerank|semantic-ranker|(?:^|[/-])rank(?:-|$)/i;

const modeOfProvider: Readonly<Record<string, Mode>> = {
  "text-completion-openai": "completion",
  "text-completion-codestral": "completion",
  azure_text: "completion",
  voyage: "embedding",
  jina_ai: "embedding",
  infinity: "embedding",
  elevenlabs: "audio_speech",
  deepgram: "audio_transcription",
  soniox: "audio_transcription",
  stability: "image_generation",
  black_forest_labs: "image_generation",
  fal_ai: "image_generation",
  recraft: "image_generation",
  topaz: "image_edit",
  runwayml: "video_generation",
  aws_polly: "audio_speech",
};

const geminiNames: readonly (readonly [RegExp, Mode])[] = [
  [/[-_]live[-_]|-live$|native-audio/, "realtime"],
  [/-image(?:-|$)/, "image_generation"],
];

/** Names that tell the mode at one provider, before all else. */
const namesOfProvider: Readonly<Record<string, readonly (readonly [RegExp, Mode])[]>> = {
  gemini: geminiNames,
  vertex_ai: geminiNames,
  vertex_ai_beta: geminiNames,
  elevenlabs: [[/^scribe/, "audio_transcription"]],
  deepgram: [[/^aura/, "audio_speech"]],
  assemblyai: [[/^(?:best|nano|slam|universal)/, "audio_transcription"]],
  black_forest_labs: [[/kontext|fill|expand|edit/, "image_edit"]],
  stability: [[/inpaint|outpaint|erase|upscale|remove|replace|edit/, "image_edit"]],
};

const openaiHosts: ReadonlySet<string> = new Set(["openai", "azure", "azure_ai"]);

/** OpenAI's own names; a gateway serves the same models as chat. The first ones answer at /responses only. */
const openaiNames: readonly (readonly [RegExp, Mode])[] = [
  [/(?:^|\/)responses\//, "responses"],
  [/codex|deep-research|computer-use|(?:^|[-/])(?:o\d|gpt-\d[\d.]*)-pro/, "responses"],
  [/^(?:gpt-3\.5-turbo-instruct|davinci-002|babbage-002)/, "completion"],
];

const names: readonly (readonly [RegExp, Mode])[] = [
  [/^doc-intelligence\//, "ocr"],
  [/^speech\//, "audio_speech"],
  [/embed|(?:^|[/.:_-])(?:bge|gte|e5|minilm|voyage|jina-clip)(?:[/.:_-]|$)/i, "embedding"],
  [/realtime/i, "realtime"],
  [/whisper|transcribe/i, "audio_transcription"],
  [/(?:^|[/_-])tts(?:[/_-]|$)|orpheus/i, "audio_speech"],
  [
    /dall-e|gpt-image|grok-[\w-]*imag|(?:^|[/.])imagen-|stable-diffusion|(?:^|[/.-])flux[.-]/i,
    "image_generation",
  ],
  [/(?:^|[/.])(?:sora|veo)-/i, "video_generation"],
  [/titan-image|nova-canvas|^stability\.|stable-image|imagegeneration@/i, "image_generation"],
  [/nova-reel/i, "video_generation"],
  [/nova-sonic/i, "realtime"],
  [/^chirp|^google-tts/i, "audio_speech"],
  [/moderation/i, "moderation"],
  [/(?:^|[/-])ocr(?:-|$)/i, "ocr"],
];

/** `given` is model_info.mode; `model` is the best name known of what answers. */
export function modeOf(given: string | null, provider: string, model: string): ModeChoice {
  if (given === null) return { kind: "probed", mode: modeOfName(provider, model) };
  const mode = modes.find((name) => name === given);
  if (mode !== undefined) return { kind: "probed", mode };
  return laterModes.some((name) => name === given)
    ? { kind: "later", reason: `mode ${given} is not probed by this version` }
    : {
        kind: "unknown",
        problem: `model_info.mode is not one of ${[...modes, ...laterModes].join(", ")}`,
      };
}

function modeOfName(provider: string, model: string): Mode {
  const rows = openaiHosts.has(provider) ? [...openaiNames, ...names] : names;
  if (rerankName.test(model)) return "rerank";
  const own = namesOfProvider[provider]?.find(([pattern]) => pattern.test(model))?.[1];
  if (own !== undefined) return own;
  return modeOfProvider[provider] ?? rows.find(([pattern]) => pattern.test(model))?.[1] ?? "chat";
}
