// Every provider that @copilotkit/aimock plays, probed through the real prober and the real transport. It was written by others: what
// it accepts, and what we make of its answers, does not rest on how we read the documentation. It checks keys and shapes; it counts
// no tokens and knows no vendor's own errors, which the tables of conformance/ do.

import { afterAll, describe, expect, test } from "bun:test";
import { LLMock } from "@copilotkit/aimock";
import type { Mode, Rung } from "../../src/registry/deployment.ts";
import { providers } from "../../src/registry/providers/all.ts";
import { resolve, type Values } from "../registry/entry.ts";
import { ask } from "./prober.ts";
import { longDeadlines } from "./target.ts";

const key = "aimock-key-4f1c77ab";
const sound = "SUQzBAAAAAAA";
const mock = new LLMock({ host: "127.0.0.1", port: 0, auth: { apiKeys: [key] } })
  .onMessage(/./, { content: "pong" })
  .onEmbedding(/./, { embedding: [0.1, 0.2] })
  .onImage(/./, { image: { b64Json: "iVBORw0KGgo=" } })
  .onSpeech(/./, { audio: sound })
  .onElevenLabsTTS(/./, { audio: sound })
  .onTranscription({ transcription: { text: "" } })
  .onRerank(/./, [{ index: 0, relevance_score: 0.9 }]);
const url = await mock.start();
afterAll(() => mock.stop());

interface Played {
  readonly provider: string;
  readonly mode: Mode;
  readonly model: string;
  /** Below aimock's address; that of the provider's own when left out. */
  readonly path?: string;
  readonly params?: Values;
  readonly env?: Readonly<Record<string, string>>;
  /** The answer names the model that served it. */
  readonly names?: true;
}

const own: readonly Played[] = [
  { provider: "anthropic", mode: "chat", model: "claude-sonnet-4-5", names: true },
  { provider: "gemini", mode: "chat", model: "gemini-2.5-flash" },
  { provider: "gemini", mode: "embedding", model: "gemini-embedding-001" },
  { provider: "gemini", mode: "image_generation", model: "imagen-4.0-generate-001" },
  { provider: "gemini", mode: "realtime", model: "gemini-live-2.5-flash-preview" },
  { provider: "cohere", mode: "chat", model: "command-r-08-2024" },
  { provider: "cohere_chat", mode: "chat", model: "command-a-03-2025" },
  { provider: "cohere", mode: "embedding", model: "embed-english-v3.0" },
  { provider: "cohere", mode: "rerank", model: "rerank-v3.5" },
  { provider: "ollama", mode: "chat", model: "llama3.2", names: true },
  { provider: "ollama_chat", mode: "chat", model: "llama3.2", names: true },
  { provider: "ollama", mode: "embedding", model: "nomic-embed-text", names: true },
  { provider: "elevenlabs", mode: "audio_speech", model: "eleven_multilingual_v2" },
  { provider: "azure", mode: "chat", model: "gpt-4o", path: "" },
  { provider: "azure", mode: "embedding", model: "text-embedding-3-small", path: "" },
  { provider: "openai", mode: "embedding", model: "text-embedding-3-small" },
  { provider: "openai", mode: "audio_transcription", model: "whisper-1" },
  { provider: "openai", mode: "realtime", model: "gpt-realtime" },
  { provider: "openai", mode: "responses", model: "gpt-5-codex" },
  { provider: "openai", mode: "moderation", model: "omni-moderation-latest" },
  { provider: "openai", mode: "image_generation", model: "gpt-image-1" },
  { provider: "openai", mode: "audio_speech", model: "gpt-4o-mini-tts" },
  { provider: "openai", mode: "batch", model: "gpt-4o" },
  { provider: "voyage", mode: "embedding", model: "voyage-3.5" },
  { provider: "jina_ai", mode: "embedding", model: "jina-embeddings-v3" },
  { provider: "jina_ai", mode: "rerank", model: "jina-reranker-m0", path: "/v2" },
  { provider: "infinity", mode: "embedding", model: "bge-small", path: "/v1" },
  { provider: "infinity", mode: "rerank", model: "bge-reranker-base", path: "/v2" },
  { provider: "bedrock", mode: "chat", model: "anthropic.claude-3-haiku-20240307-v1:0", path: "" },
];

/** Where aimock's rule for addresses (below /v1/ all is as written) leaves a provider's own path out. */
const otherPaths: Readonly<Record<string, string>> = {
  clarifai: "/openai/v1",
  deepinfra: "/openai",
  gradient_ai: "",
};
/** Providers of rankings and embeddings only, one that is the same as another, and one whose path ends with a slash, which aimock does not know. */
const left: readonly string[] = [
  "voyage",
  "jina_ai",
  "infinity",
  "text-completion-openai",
  "datarobot",
];

/** Whatever stands before it, aimock answers to OpenAI's chat: as every server does that speaks it. */
const compatible: readonly Played[] = Object.entries(providers)
  .filter(([name, { family }]) => family === "openai" && !left.includes(name))
  .map(([provider]) => {
    const path = otherPaths[provider];
    const played = { provider, mode: "chat", model: "some-model" } as const;
    return path === undefined ? played : { ...played, path };
  });

/** Free questions that aimock answers: its list of models, below /v1, and what OpenRouter knows of a key. */
const free: readonly Played[] = compatible.flatMap((played) => {
  if (played.provider === "openrouter") return [played];
  const row = providers[played.provider];
  const isList = row?.freeAt === undefined && row?.freeElsewhere === undefined;
  return row?.free === "none" || !isList ? [] : [{ ...played, model: "gpt-4o", path: "/v1" }];
});

/** What aimock does not play, with the request that it has no answer to. */
const notPlayed: readonly (readonly [what: string, method: string, path: string])[] = [
  ["OpenAI's older completions", "POST", "/v1/completions"],
  ["one model of OpenAI's list", "GET", "/v1/models/gpt-4o"],
  ["Anthropic's counting of tokens", "POST", "/v1/messages/count_tokens"],
  ["Anthropic's models", "GET", "/v1/models/claude-sonnet-4-5"],
  ["Anthropic's batches", "GET", "/v1/messages/batches"],
  ["Gemini's models", "GET", "/v1beta/models/gemini-2.5-flash"],
  ["Gemini's batches", "GET", "/v1beta/batches"],
  ["Gemini's counting of tokens", "POST", "/v1beta/models/gemini-2.5-flash:countTokens"],
  ["Cohere's v1", "POST", "/v1/chat"],
  ["Cohere's models", "GET", "/v1/models/command-r-08-2024"],
  ["what Ollama knows of a model", "POST", "/api/show"],
  ["ElevenLabs' transcripts", "POST", "/v1/speech-to-text"],
  ["ElevenLabs' subscription", "GET", "/v1/user/subscription"],
  ["Replicate", "POST", "/v1/predictions"],
  ["rerankings of any but Cohere's v2", "POST", "/v1/rerank"],
  ["Voyage's embeddings in context", "POST", "/v1/contextualizedembeddings"],
  ["which models of Ollama's are loaded", "GET", "/api/ps"],
  ["DataRobot's address, which ends with a slash", "POST", "/genai/llmgw/chat/completions/"],
  ["what could be deployed at Azure", "GET", "/openai/models?api-version=2025-02-01-preview"],
  ["Triton", "POST", "/v2/models/ensemble/generate"],
  ["Predibase", "POST", "/acme/deployments/v2/llms/llama/generate"],
  ["Cloudflare", "POST", "/client/v4/accounts/acc1/ai/run/@cf/meta/llama"],
  ["NLP Cloud", "POST", "/v1/gpu/chatdolphin/generation"],
  ["Deepgram", "POST", "/v1/listen"],
  ["AssemblyAI's transcripts", "GET", "/v2/transcript"],
  ["fal.ai's prices", "GET", "/v1/models/pricing"],
];

function entryOf({ provider, mode, model, path, params = {} }: Played, apiKey: string): Values {
  const base = path ?? new URL(providers[provider]?.base ?? url).pathname;
  const api = { api_base: `${url}${base}`.replace(/\/$/, ""), api_key: apiKey };
  return { model: `${provider}/${model}`, ...api, ...params, mode };
}

function resolved(played: Played, apiKey: string) {
  const { mode, ...params } = entryOf(played, apiKey);
  const changes = { rung: "completion" } as const;
  return resolve(params, { mode: mode ?? "chat" }, played.env ?? {}, changes);
}

async function probe(played: Played, apiKey: string, rung: Rung = "completion") {
  const { target, problem, skipped } = resolved(played, apiKey);
  if (target === null) throw new Error(problem ?? skipped ?? "there is no target");
  const { outcome } = await ask({
    target: { ...target, rung },
    deadlines: longDeadlines,
  });
  return { ...outcome, asked: target.model };
}

describe("a stranger's server understands, and is understood:", () => {
  for (const played of [...own, ...compatible]) {
    const title = `${played.provider}, ${played.mode}`;
    test(title, async () => {
      const { class: outcome, text, servedModel, asked } = await probe(played, key);
      expect({ outcome, text }).toEqual({ outcome: "ok", text: "" });
      if (played.names || servedModel !== undefined) expect(servedModel).toBe(asked);
    });

    test(`${title}, with a wrong key`, async () => {
      expect((await probe(played, "aimock-key-wrong")).class).toBe("auth");
    });
  }
});

describe("a stranger's server answers for nothing, and to its own keys only:", () => {
  for (const played of free) {
    test(played.provider, async () => {
      const { class: outcome, text } = await probe(played, key, "metadata");
      expect({ outcome, text }).toEqual({ outcome: "ok", text: "" });
      expect((await probe(played, "aimock-key-wrong", "metadata")).class).toBe("auth");
    });
  }
});

describe("a stranger's server does not play", () => {
  for (const [what, method, path] of notPlayed) {
    test(what, async () => {
      const answer = await fetch(`${url}${path}`, {
        method,
        headers: { authorization: `Bearer ${key}`, "content-type": "application/json" },
        body: method === "POST" ? JSON.stringify({ model: "some-model" }) : null,
      });
      expect(answer.status).toBe(404);
    });
  }
});
