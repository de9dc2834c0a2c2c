// What an operator may not expect of a fleet that is in order.

import type { Settings } from "../config/settings.ts";
import { type Deployment, modes } from "./deployment.ts";
import { isKnownProvider, prefixOf } from "./provider-of.ts";
import { providers } from "./providers/all.ts";

/** Each once for all deployments of a provider. */
export function noticesOf(deployments: readonly Deployment[], settings: Settings): string[] {
  const notices = new Set<string>();
  for (const mode of settings.paidModes.filter((name) => !modes.some((one) => one === name))) {
    notices.add(`fleetpulse.paid_modes: there is no mode ${mode}`);
  }
  for (const { provider, model, target, plan } of deployments) {
    const row = providers[provider];
    if (target === null || row === undefined) continue;
    const prefix = prefixOf(model);
    if (provider === "openai_like" && prefix !== "" && !isKnownProvider(prefix)) {
      notices.add(
        `provider ${prefix} is not known: its models are asked as OpenAI-compatible ones at their api_base`,
      );
    }
    if (settings.rung === "metadata" && plan.rung === "completion" && row.free === "none") {
      notices.add(`provider ${provider} has no free question: its models are asked the paid one`);
    } else if (settings.rung === "metadata" && row.free === "public") {
      notices.add(
        `provider ${provider} answers the free question to everybody: it does not test the key`,
      );
    }
  }
  return [...notices];
}
