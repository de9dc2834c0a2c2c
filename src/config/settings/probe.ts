// What a probe asks and reads, and the way that it takes.

import { integer, type SettingRow } from "./row.ts";

export const probeRows = {
  responseBytesMax: {
    keys: ["fleetpulse.response_bytes_max"],
    value: integer(1024, 64 * 1024 * 1024),
    byDefault: 262_144,
    help: "Bytes of an answer that are read.",
  },
  stream: {
    keys: ["fleetpulse.stream"],
    value: { kind: "boolean" },
    byDefault: false,
    help: "true asks chats and completions for a stream, measures the first token and ends it there; model_info.health_check_stream wins. Asked for whole answers all the same: bedrock, sagemaker, watsonx, snowflake, replicate, nlp_cloud, bytez, and v1 of cohere.",
  },
  maxTokens: {
    keys: ["fleetpulse.max_tokens"],
    fallbacks: ["BACKGROUND_HEALTH_CHECK_MAX_TOKENS"],
    value: integer(1, 100_000),
    byDefault: 16,
    help: "Output tokens that a probe may cost; model_info.health_check_max_tokens wins.",
  },
  maxTokensReasoning: {
    keys: [],
    fallbacks: ["BACKGROUND_HEALTH_CHECK_MAX_TOKENS_REASONING"],
    value: integer(1, 100_000),
    byDefault: null,
    help: "The same for reasoning models.",
  },
  prompt: {
    keys: ["fleetpulse.prompt"],
    fallbacks: ["DEFAULT_HEALTH_CHECK_PROMPT"],
    value: { kind: "text" },
    byDefault: "ping",
    help: "What a probe says to the model.",
  },
  sslVerify: {
    keys: ["litellm_settings.ssl_verify"],
    overrides: ["SSL_VERIFY"],
    value: { kind: "booleanOrPath" },
    byDefault: true,
    help: "false accepts any certificate, a path names the CA bundle to trust; litellm_params.ssl_verify wins.",
  },
  sslCertFile: {
    keys: [],
    overrides: ["SSL_CERT_FILE"],
    value: { kind: "path" },
    byDefault: null,
    help: "CA bundle to trust where ssl_verify is true.",
  },
  sslCertificate: {
    keys: ["litellm_settings.ssl_certificate"],
    overrides: ["SSL_CERTIFICATE"],
    value: { kind: "path" },
    byDefault: null,
    help: "PEM file with the client certificate, and its key, to show to who asks for one.",
  },
  proxyLoopback: {
    keys: ["fleetpulse.proxy_loopback"],
    value: { kind: "boolean" },
    byDefault: false,
    help: "true asks localhost, 127.0.0.0/8 and ::1 through a proxy too.",
  },
  modelGroups: {
    keys: ["general_settings.background_health_check_model_groups"],
    value: { kind: "texts" },
    byDefault: null,
    help: "Only these model groups are probed.",
  },
  environment: {
    keys: [],
    overrides: ["LITELLM_ENVIRONMENT"],
    value: { kind: "text" },
    byDefault: null,
    help: "Deployments whose model_info.supported_environments does not name it are left out.",
  },
} as const satisfies Record<string, SettingRow>;
