// Model servers that people run themselves: mostly without a default address, and with a key only where they want one.

import { compatible, type FreeQuestion, type ProviderRow, selfHosted } from "./row.ts";

/** Answers whoever asks, without a key, when the engine runs and its model is loaded. */
const health: FreeQuestion = { at: "^/health", reads: "success" };

/** A chat loads the model into memory, which may take minutes and push another one out. Xinference only chats with what runs. */
const onDemand = { paidIntervalMs: null } as const;

export const localProviders: Readonly<Record<string, ProviderRow>> = {
  infinity: selfHosted(null, "INFINITY"),
  openai_like: selfHosted(null, "OPENAI_LIKE"),
  custom_openai: selfHosted(null, "OPENAI_LIKE"),
  custom: selfHosted(null, "OPENAI_LIKE"),
  aiohttp_openai: selfHosted(null, "OPENAI_LIKE"),
  hosted_vllm: selfHosted(null, "HOSTED_VLLM", { free: "public", freeAt: health }),
  vllm: selfHosted(null, "VLLM", { free: "public", freeAt: health }),
  lm_studio: selfHosted(null, "LM_STUDIO", onDemand),
  llamafile: selfHosted("http://127.0.0.1:8080/v1", "LLAMAFILE", {
    free: "public",
    freeAt: health,
  }),
  xinference: selfHosted("http://127.0.0.1:9997/v1", "XINFERENCE"),
  lemonade: selfHosted("http://localhost:8000/api/v1", "LEMONADE", onDemand),
  docker_model_runner: compatible(
    "http://localhost:22088/engines/llama.cpp/v1",
    ["DOCKER_MODEL_RUNNER_API_KEY"],
    { baseEnv: ["DOCKER_MODEL_RUNNER_API_BASE"], needsKey: false, basePath: "/v1", ...onDemand },
  ),
};
