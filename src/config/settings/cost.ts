// Which question is asked, and what probes may cost.

import { day, integer, type SettingRow, seconds } from "./row.ts";

export const costRows = {
  rung: {
    keys: ["fleetpulse.probe"],
    value: { kind: "choice", of: ["auto", "completion", "metadata"] },
    byDefault: "auto",
    help: "completion asks the model (paid); metadata asks the provider for its models (free); auto asks for free at each interval where that proves key and model, and the paid question every paid_interval. model_info.health_check_probe wins.",
  },
  paidIntervalMs: {
    keys: ["fleetpulse.paid_interval"],
    value: seconds(1, 30 * day),
    byDefault: 3600,
    help: "Between two paid probes of a deployment that is well, where auto asks for free in between.",
  },
  paidModes: {
    keys: ["fleetpulse.paid_modes"],
    value: { kind: "texts" },
    byDefault: [],
    help: "Of image_generation, image_edit, ocr and video_generation, which cost real money and are asked for free only, those that may be asked the paid question.",
  },
  tokensPerDay: {
    keys: ["fleetpulse.budget_tokens_per_day"],
    value: integer(0, 2_000_000_000),
    byDefault: null,
    help: "Tokens that all probes together may cost a day (UTC); then the free question is asked, or none until midnight.",
  },
  usdPerDay: {
    keys: ["fleetpulse.budget_usd_per_day"],
    value: { kind: "number", min: 0, max: 2000 },
    byDefault: null,
    help: "USD that all probes together may cost a day (UTC), as far as prices are known.",
  },
  deploymentTokensPerDay: {
    keys: ["fleetpulse.deployment_budget_tokens_per_day"],
    value: integer(0, 2_000_000_000),
    byDefault: null,
    help: "Tokens that the probes of one deployment may cost a day; model_info.health_check_budget_tokens_per_day wins.",
  },
  deploymentUsdPerDay: {
    keys: ["fleetpulse.deployment_budget_usd_per_day"],
    value: { kind: "number", min: 0, max: 2000 },
    byDefault: null,
    help: "USD that the probes of one deployment may cost a day; model_info.health_check_budget_usd_per_day wins.",
  },
} as const satisfies Record<string, SettingRow>;
