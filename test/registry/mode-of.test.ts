import { describe, expect, test } from "bun:test";
import { modeOf } from "../../src/registry/mode-of.ts";

describe("a model without a mode is taken for", () => {
  const cases: [provider: string, model: string, mode: string][] = [
    ["openai", "gpt-4o", "chat"],
    ["openai", "gpt-5.1-chat-latest", "chat"],
    ["openrouter", "openai/gpt-5-codex", "chat"],
    ["gemini", "gemini-2.5-pro", "chat"],
    ["hosted_vllm", "influx-chat", "chat"],
    ["ollama", "mistral", "chat"],
    ["openai", "text-embedding-3-large", "embedding"],
    ["cohere", "embed-english-v3.0", "embedding"],
    ["hosted_vllm", "BAAI/bge-m3", "embedding"],
    ["hosted_vllm", "intfloat/e5-large", "embedding"],
    ["voyage", "voyage-3", "embedding"],
    ["openai", "gpt-3.5-turbo-instruct", "completion"],
    ["azure_text", "anything", "completion"],
    ["openai", "gpt-4o-realtime-preview", "realtime"],
    ["openai", "whisper-1", "audio_transcription"],
    ["openai", "gpt-4o-mini-tts", "audio_speech"],
    ["azure", "dall-e-3", "image_generation"],
    ["openai", "gpt-image-1", "image_generation"],
    ["openai", "sora-2", "video_generation"],
    ["openai", "gpt-5-codex", "responses"],
    ["openai", "o3-pro", "responses"],
    ["azure", "responses/gpt-5", "responses"],
    ["openai", "o1-pro-2025-03-19", "responses"],
    ["openai", "gpt-5.2-pro", "responses"],
    ["openai", "computer-use-preview", "responses"],
    ["openai", "o4-mini-deep-research", "responses"],
    ["azure_ai", "gpt-5-codex", "responses"],
    ["openai", "gpt-audio-mini", "chat"],
    ["openai", "gpt-4o-search-preview", "chat"],
    ["text-completion-codestral", "codestral-latest", "completion"],
    ["together_ai", "Salesforce/Llama-Rank-V1", "rerank"],
    ["xai", "grok-2-image", "image_generation"],
    ["groq", "canopylabs/orpheus-v1-english", "audio_speech"],
    ["azure", "speech/azure-tts", "audio_speech"],
    ["azure_ai", "doc-intelligence/prebuilt-read", "ocr"],
    ["cohere", "rerank-v3.5", "rerank"],
    ["voyage", "rerank-2", "rerank"],
    ["mistral", "mistral-ocr-latest", "ocr"],
    ["openai", "omni-moderation-latest", "moderation"],
    ["gemini", "gemini-live-2.5-flash-preview", "realtime"],
    ["gemini", "gemini-2.5-flash-native-audio-preview-09-2025", "realtime"],
    ["gemini", "gemini-2.5-flash-image", "image_generation"],
    ["gemini", "gemini-2.5-flash-preview-tts", "audio_speech"],
    ["gemini", "imagen-4.0-generate-001", "image_generation"],
    ["gemini", "veo-3.0-generate-001", "video_generation"],
    ["elevenlabs", "eleven_multilingual_v2", "audio_speech"],
    ["elevenlabs", "scribe_v1", "audio_transcription"],
    ["deepgram", "nova-3", "audio_transcription"],
    ["deepgram", "aura-2-thalia-en", "audio_speech"],
    ["assemblyai", "best", "audio_transcription"],
    ["assemblyai", "claude-sonnet-4-5", "chat"],
    ["black_forest_labs", "flux-kontext-pro", "image_edit"],
    ["stability", "sd3.5-large", "image_generation"],
    ["replicate", "black-forest-labs/flux-schnell", "image_generation"],
    ["runwayml", "gen4_turbo", "video_generation"],
    ["topaz", "Standard V2", "image_edit"],
  ];
  for (const [provider, model, mode] of cases) {
    test(`${mode}: ${provider}/${model}`, () => {
      expect(modeOf(null, provider, model)).toEqual({ kind: "probed", mode: mode as "chat" });
    });
  }
});

test("the operator's mode is taken before the model's name", () => {
  expect(modeOf("chat", "openai", "text-embedding-3-large")).toEqual({
    kind: "probed",
    mode: "chat",
  });
});
