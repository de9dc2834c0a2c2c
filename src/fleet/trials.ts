// A deployment that is not saved, from its description to what a probe of it found. The result is made of an allow-list of fields,
// like every entry.

import { timeOf } from "../clock.ts";
import { addressesIn } from "../config/address-params.ts";
import type { Config, Value } from "../config/config.ts";
import { readTrial } from "../config/trial.ts";
import { ConfigError } from "../errors.ts";
import type { Outcome } from "../probe/outcome.ts";
import type { Deployment } from "../registry/deployment.ts";
import { resolveTrial } from "../registry/trial.ts";
import { outcomeClasses } from "../table/outcome-class.ts";
import type { ConnectionTests } from "./connection-tests.ts";

/** As in a configuration's model_list; `mode` is model_info.mode. */
export interface Trial {
  readonly mode?: string | undefined;
  readonly litellm_params: Readonly<Record<string, Value>>;
  readonly model_info?: Readonly<Record<string, Value>> | undefined;
}

export type TrialEnd =
  | { readonly kind: "ended"; readonly answer: ReturnType<typeof answerOf> }
  /** What is wrong with the description, in words. */
  | { readonly kind: "wrong"; readonly text: string }
  | { readonly kind: "busy" | "stopping" | "lost" };

/** Asks once, within the deployment's own deadlines; one that cannot be asked is answered with the reason. */
export async function runTrial(
  trial: Trial,
  config: Pick<Config, "settings" | "credentials" | "environment">,
  tests: ConnectionTests,
): Promise<TrialEnd> {
  const deployment = resolve(trial, config);
  if (typeof deployment === "string") return { kind: "wrong", text: deployment };
  const { target, deadlines, problem, skipped } = deployment;
  if (target === null) {
    return { kind: "ended", answer: answerOf(deployment, null, problem ?? skipped) };
  }
  const ended = await tests.run({ target, deadlines });
  if (ended.kind !== "ended") return ended;
  return { kind: "ended", answer: answerOf(deployment, ended.outcome, null) };
}

/** The deployment that it would be, or what is wrong. */
function resolve(
  { mode, litellm_params, model_info = {} }: Trial,
  config: Pick<Config, "settings" | "credentials" | "environment">,
): Deployment | string {
  const info = mode === undefined ? model_info : { ...model_info, mode };
  try {
    const entry = readTrial({ litellm_params, model_info: info }, config);
    const ownAddress = addressesIn(litellm_params).length > 0;
    return resolveTrial(entry, config.settings, config.environment, ownAddress);
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    const texts = error.problems.map(({ key, message, mend }) => {
      const field = key.replace(/^body\./, "");
      return `${field === "" ? "" : `${field}: `}${message}. ${mend}`;
    });
    return texts.join("; ");
  }
}

/** Without an outcome it was not asked, and `reason` says why. */
function answerOf(deployment: Deployment, outcome: Outcome | null, reason: string | null) {
  const { model, provider, mode, apiBase } = deployment;
  const row = outcome === null ? null : outcomeClasses[outcome.class];
  const passed = row?.effect === "passed";
  const said = outcome?.text ?? reason ?? "";
  const error = said === "" && !passed ? (row?.sentence ?? "it cannot be probed") : said;
  return {
    status: passed ? "success" : "error",
    result: {
      model,
      provider,
      mode,
      api_base: apiBase,
      latency_ms: outcome?.phases.totalMs ?? null,
      http_status: outcome === null || outcome.httpStatus === 0 ? null : outcome.httpStatus,
      error: error === "" ? null : error,
      error_type: passed ? null : (outcome?.class ?? "config"),
      phases_ms: {
        dns: outcome?.phases.dnsMs ?? null,
        connect: outcome?.phases.connectMs ?? null,
        tls: outcome?.phases.tlsMs ?? null,
        first_byte: outcome?.phases.firstByteMs ?? null,
        first_token: outcome?.phases.firstTokenMs ?? null,
        total: outcome?.phases.totalMs ?? null,
      },
      connection: connectionOf(outcome),
      certificate_expires_at: timeOf(outcome?.peer.certificateEndMs ?? 0),
      usage: {
        prompt_tokens: outcome?.usage.promptTokens ?? null,
        completion_tokens: outcome?.usage.completionTokens ?? null,
      },
    },
  };
}

function connectionOf(outcome: Outcome | null): { address: string; reused: boolean } | null {
  if (outcome === null || outcome.peer.address === null) return null;
  const { address, reused } = outcome.peer;
  return { address, reused };
}
