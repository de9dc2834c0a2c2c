// Azure AI Foundry: the models of others, and OpenAI's. (learn.microsoft.com/azure/ai-foundry/model-inference/reference)

import { expect } from "bun:test";
import { type ConformanceCase, key, oneAt, ping } from "./case.ts";

const chatAnswer = {
  choices: [{ message: { content: "pong" }, finish_reason: "stop" }],
  usage: { prompt_tokens: 8, completion_tokens: 2 },
};
const foundry = "https://ours.services.ai.azure.com";
const env = { AZURE_AI_API_KEY: key, AZURE_AI_API_BASE: foundry };

const one = oneAt({ provider: "azure_ai", env }, { "api-key": key, authorization: null });

export const cases: readonly ConformanceCase[] = [
  one(
    "chat",
    { model: "azure_ai/grok-3" },
    {
      url: `${foundry}/models/chat/completions`,
      body: { model: "grok-3", messages: ping, max_tokens: 16 },
    },
    chatAnswer,
  ),
  one(
    "chat",
    { model: "azure_ai/grok-3", api_version: "2024-05-01-preview" },
    {
      url: `${foundry}/models/chat/completions?api-version=2024-05-01-preview`,
      body: { model: "grok-3", messages: ping, max_tokens: 16 },
    },
    chatAnswer,
    { about: "with the version that is configured" },
  ),
  one(
    "chat",
    {
      model: "azure_ai/grok-3",
      api_base: `${foundry}/models/chat/completions?api-version=2024-05-01-preview`,
    },
    { url: `${foundry}/models/info?api-version=2024-05-01-preview` },
    { model_name: "grok-3" },
    { about: "of a pasted address", rung: "metadata" },
  ),
  one(
    "chat",
    { model: "azure_ai/mistral", api_base: "https://m.eastus.models.ai.azure.com" },
    {
      url: "https://m.eastus.models.ai.azure.com/chat/completions",
      headers: { authorization: `Bearer ${key}`, "api-key": null },
      body: { model: "mistral", messages: ping, max_tokens: 16 },
    },
    chatAnswer,
    { about: "of a serverless deployment" },
  ),
  one(
    "chat",
    { model: "azure_ai/mistral", api_base: "https://m.eastus.models.ai.azure.com" },
    {
      url: "https://m.eastus.models.ai.azure.com/info",
      headers: { authorization: `Bearer ${key}`, "api-key": null },
    },
    { model_name: "Mistral-large" },
    { about: "of a serverless deployment", rung: "metadata" },
  ),
  one(
    "chat",
    { model: "azure_ai/claude-haiku-4-5" },
    {
      url: `${foundry}/anthropic/v1/messages`,
      headers: { "x-api-key": key, "anthropic-version": "2023-06-01", authorization: null },
      body: { model: "claude-haiku-4-5", max_tokens: 16, messages: ping },
    },
    {
      type: "message",
      content: [{ type: "text", text: "pong" }],
      usage: { input_tokens: 1, output_tokens: 1 },
    },
    { about: "of Claude" },
  ),
  one(
    "chat",
    { model: "azure_ai/gpt-5-mini", api_version: "2025-04-01-preview" },
    {
      url: `${foundry}/openai/deployments/gpt-5-mini/chat/completions?api-version=2025-04-01-preview`,
      body: { messages: ping, max_completion_tokens: 16 },
    },
    chatAnswer,
    { about: "of a model of OpenAI, as Azure OpenAI" },
  ),
  one(
    "embedding",
    { model: "azure_ai/embed-v-4-0" },
    {
      url: `${foundry}/models/embeddings`,
      body: { model: "embed-v-4-0", input: ["ping"] },
    },
    { data: [{ embedding: [0.1] }] },
  ),
  one(
    "image_generation",
    { model: "azure_ai/FLUX-1.1-pro", api_version: "2025-04-01-preview" },
    {
      url: `${foundry}/openai/deployments/FLUX-1.1-pro/images/generations?api-version=2025-04-01-preview`,
      body: { prompt: "a dot", n: 1 },
    },
    { data: [{ b64_json: "iVBOR" }] },
    { info: { mode: "image_generation" } },
  ),
  one(
    "image_edit",
    { model: "azure_ai/FLUX.1-Kontext-pro", api_version: "2025-04-01-preview" },
    { url: `${foundry}/openai/models?api-version=2025-04-01-preview` },
    { data: [] },
    { info: { mode: "image_edit" } },
  ),
  one(
    "rerank",
    { model: "azure_ai/cohere-rerank-v3.5" },
    {
      url: `${foundry}/v1/rerank`,
      body: { model: "cohere-rerank-v3.5", query: "ping", documents: ["ping"], top_n: 1 },
    },
    { results: [{ relevance_score: 0.9 }] },
  ),
  one(
    "ocr",
    { model: "azure_ai/mistral-ocr-2503" },
    {
      url: `${foundry}/providers/mistral/azure/ocr`,
      body: {
        model: "mistral-ocr-2503",
        document: {
          type: "document_url",
          document_url: expect.stringMatching(/^data:application\/pdf;base64,/),
        },
      },
    },
    { pages: [] },
  ),
];
