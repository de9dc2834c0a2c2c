// Which question a deployment is asked when, and what its probes may cost. The free question stands in for the paid one only where
// the provider's row says that it proves key and model; it then needs no paid one for `paid_interval`. Where it proves less, it is
// asked when nothing else may be: for modes that cost real money, and when a budget is spent.

import type { Value } from "../config/config.ts";
import { priceOf } from "../config/model-info.ts";
import type { Settings } from "../config/settings.ts";
import { numberOf } from "../config/values.ts";
import type { Mode, ProbePlan, Rung } from "./deployment.ts";
import { textOf } from "./endpoint.ts";
import type { FreeRung, ProviderRow } from "./providers/all.ts";
import { Remembered } from "./remembered.ts";

type Info = Readonly<Record<string, Value>>;

/** A single answer costs cents, or tens of them. A second that is heard and two letters that are spoken cost no more than a chat. */
export const costlyModes: ReadonlySet<Mode> = new Set([
  "image_generation",
  "image_edit",
  "ocr",
  "video_generation",
]);
/** Models of which one does, whatever they are asked: they search the web, some of them for minutes. */
const costlyName = /deep-research|search-(?:preview|api)(?:-|$)/i;
/** What they are asked costs nothing anyway. */
const freeModes: ReadonlySet<Mode> = new Set(["realtime", "batch"]);

/** What is not proven is found out, and then the paid question is asked. */
const provesModel: ReadonlySet<FreeRung> = new Set(["model", "list", "unproven"]);
const provesKey: ReadonlySet<FreeRung> = new Set(["model", "list", "unproven", "key"]);

/** Of a deployment that is not asked. */
export const restingPlan: ProbePlan = {
  rung: "completion",
  hasFree: false,
  paidIntervalMs: 0,
  tokensPerDay: null,
  usdPerDay: null,
};

export type PlanChoice =
  | { readonly kind: "planned"; readonly plan: ProbePlan }
  /** Why it is not probed, and what would mend that. */
  | { readonly kind: "skipped"; readonly reason: string };

/** `free` is what the free question of the provider proves; `model` is the best name known of what answers. */
export function planOf(
  provider: string,
  row: Pick<ProviderRow, "free" | "paidIntervalMs">,
  mode: Mode,
  model: string,
  info: Info,
  settings: Settings,
): PlanChoice {
  const { free } = row;
  const named = textOf(info["health_check_probe"]);
  const mayCost = named === "completion" || settings.paidModes.includes(mode);
  const isCostly = costlyModes.has(mode) || (!freeModes.has(mode) && costlyName.test(model));
  const isHeldToFree = isCostly && !mayCost;
  if (isHeldToFree && !provesKey.has(free)) {
    const what = costlyModes.has(mode) ? `mode ${mode}` : "the model";
    return {
      kind: "skipped",
      reason: `not probed: ${what} costs real money and provider ${provider} has no free question; set model_info.health_check_probe to completion, or name the mode in fleetpulse.paid_modes`,
    };
  }
  const wanted = isHeldToFree ? "metadata" : (named ?? settings.rung);
  const rung = rungOf(wanted, row, mode);
  const hasFree = rung !== "completion" || provesKey.has(free);
  const paidIntervalMs = paidIntervalOf(row, settings);
  const tokensPerDay = boundOf(
    numberOf(info["health_check_budget_tokens_per_day"] ?? null),
    settings.deploymentTokensPerDay,
  );
  const usdPerDay = boundOf(
    priceOf(info["health_check_budget_usd_per_day"]),
    settings.deploymentUsdPerDay,
  );
  return plans.of(`${rung} ${hasFree} ${paidIntervalMs} ${tokensPerDay} ${usdPerDay}`, () => ({
    kind: "planned",
    plan: { rung, hasFree, paidIntervalMs, tokensPerDay, usdPerDay },
  }));
}

/** The same object for the same plan. */
const plans = new Remembered<PlanChoice>();

type PaceRow = Pick<ProviderRow, "free" | "paidIntervalMs">;

function rungOf(wanted: string, { free, paidIntervalMs }: PaceRow, mode: Mode): Rung | "auto" {
  if (wanted === "metadata") return free === "none" ? "completion" : "metadata";
  // Where the paid one has to be seldom, a free one that proves less has to do in between.
  const standsIn = provesModel.has(free) || paidIntervalMs !== undefined;
  return wanted === "auto" && standsIn && !freeModes.has(mode) ? "auto" : "completion";
}

function paidIntervalOf({ paidIntervalMs }: PaceRow, settings: Settings): number | null {
  if (paidIntervalMs === null) return null;
  return Math.max(settings.paidIntervalMs, paidIntervalMs ?? 0);
}

function boundOf(own: number | null, ofAll: number | null): number | null {
  return own ?? ofAll;
}
