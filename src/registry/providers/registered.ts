// Providers that LiteLLM has in its list of OpenAI-compatible ones (providers.json), which grows every month: one row each.

import { compatible, type ProviderRow } from "./row.ts";

/** They know OpenAI's newer name of the limit, where LiteLLM's list does not say otherwise. */
const newer = { tokenField: "by_model" } as const;

export const registeredProviders: Readonly<Record<string, ProviderRow>> = {
  publicai: compatible("https://api.publicai.co/v1", ["PUBLICAI_API_KEY"], {
    baseEnv: ["PUBLICAI_API_BASE"],
  }),
  helicone: compatible("https://ai-gateway.helicone.ai", ["HELICONE_API_KEY"], {
    ...newer,
    free: "none",
  }),
  veniceai: compatible("https://api.venice.ai/api/v1", ["VENICE_AI_API_KEY"], newer),
  xiaomi_mimo: compatible("https://api.xiaomimimo.com/v1", ["XIAOMI_MIMO_API_KEY"]),
  scaleway: compatible("https://api.scaleway.ai/v1", ["SCW_SECRET_KEY"], newer),
  synthetic: compatible("https://api.synthetic.new/openai/v1", ["SYNTHETIC_API_KEY"]),
  apertis: compatible("https://api.stima.tech/v1", ["STIMA_API_KEY"]),
  "nano-gpt": compatible("https://nano-gpt.com/api/v1", ["NANOGPT_API_KEY"]),
  poe: compatible("https://api.poe.com/v1", ["POE_API_KEY"], {
    free: "key",
    freeAt: {
      at: "^/usage/current_balance",
      reads: "json",
      conditions: [
        {
          field: "current_point_balance",
          is: "positive",
          otherwise: "billing",
          text: "no points are left",
        },
      ],
    },
  }),
  chutes: compatible("https://llm.chutes.ai/v1", ["CHUTES_API_KEY"], { free: "public" }),
  abliteration: compatible("https://api.abliteration.ai/v1", ["ABLITERATION_API_KEY"], newer),
  llamagate: compatible("https://api.llamagate.dev/v1", ["LLAMAGATE_API_KEY"]),
  gmi: compatible("https://api.gmi-serving.com/v1", ["GMI_API_KEY"], newer),
  sarvam: compatible("https://api.sarvam.ai/v1", ["SARVAM_API_KEY"], {
    free: "none",
    sendsHeaders: { "api-subscription-key": "key" },
  }),
  charity_engine: compatible("https://api.charityengine.services/remotejobs/v2/inference", [
    "CHARITY_ENGINE_API_KEY",
  ]),
  aihubmix: compatible("https://aihubmix.com/v1", ["AIHUBMIX_API_KEY"], {
    ...newer,
    baseEnv: ["AIHUBMIX_API_BASE"],
  }),
  salad_cloud: compatible("https://ai.salad.cloud/v1", ["SALAD_CLOUD_API_KEY"], newer),
  crusoe: compatible("https://managed-inference-api-proxy.crusoecloud.com/v1", ["CRUSOE_API_KEY"], {
    baseEnv: ["CRUSOE_API_BASE"],
  }),
};
