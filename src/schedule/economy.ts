// What a thread's probes cost: which question a deployment is asked, what is set aside for it while it is asked, and what it took in
// the end. Setting aside keeps many probes that begin at once from spending what only one of them may.

import type { Clock } from "../clock.ts";
import type { Outcome } from "../probe/outcome.ts";
import type { ProbeTarget, Rung } from "../registry/deployment.ts";
import { comparableModel, isSameModel } from "../registry/model-identity.ts";
import { outcomeClasses } from "../table/outcome-class.ts";
import type { Row } from "../table/row.ts";
import { dayOf, type Spent } from "../table/spending.ts";
import { chargeOf, estimateOf } from "./cost.ts";
import type { Definition } from "./definition.ts";
import { type Budget, type Choice, chooseRung, type Wanted } from "./rung-choice.ts";

/** What all threads together have spent, and the way to add to it. */
export interface Spending {
  on(day: number): Spent;
  add(day: number, spent: Spent): void;
}

/** A question that is being asked. */
export interface Asking {
  readonly target: ProbeTarget;
  readonly rung: Rung;
  /** The budget for which it is not the paid one. */
  readonly spent: Choice["spent"];
  readonly estimate: Spent;
  readonly day: number;
}

export interface Economy {
  /** The question for now, and what is set aside for it; `rest` when none is asked before the day ends. */
  choose(
    definition: Definition,
    row: Row,
    wanted: Wanted | null,
  ): Asking | { readonly rest: NonNullable<Choice["spent"]> };
  /** Gives back what was set aside and takes what it cost; null when it was not asked. */
  settle(asking: Asking, outcome: Outcome | null, definition: Definition): Spent;
}

const nothing: Spent = { tokens: 0, nanoUsd: 0 };
/** Classes of answers that may have been paid for although they did not pass. */
const mayBePaid: ReadonlySet<Outcome["class"]> = new Set([
  "timeout_first_byte",
  "timeout_total",
  "reset",
  "protocol",
]);

export function createEconomy(spending: Spending, clock: Clock, budget: () => Budget): Economy {
  return {
    choose({ target, plan, price, intervalMs }, row, wanted) {
      const wallMs = clock.wallMs();
      const day = dayOf(wallMs);
      const whole = budget();
      const isBounded = whole.tokensPerDay !== null || whole.usdPerDay !== null;
      const estimate = estimateOf(target, price);
      const { rung, spent } = chooseRung({
        ...{ plan, intervalMs, row, wallMs, wanted, estimate, whole },
        spent: isBounded ? spending.on(day) : nothing,
      });
      if (rung === null) return { rest: spent ?? "own" };
      const aside = rung === "completion" ? estimate : nothing;
      spending.add(day, aside);
      return { target: withRung(target, rung), rung, spent, estimate: aside, day };
    },
    settle({ rung, estimate, day }, outcome, { price }) {
      if (rung === "metadata") return nothing;
      const charge = outcome === null ? nothing : chargeOfOutcome(outcome, price, estimate);
      const today = dayOf(clock.wallMs());
      // What was set aside yesterday went with yesterday.
      const back = today === day ? estimate : nothing;
      spending.add(today, {
        tokens: charge.tokens - back.tokens,
        nanoUsd: charge.nanoUsd - back.nanoUsd,
      });
      return charge;
    },
  };
}

function chargeOfOutcome(outcome: Outcome, price: Definition["price"], estimate: Spent): Spent {
  const { effect } = outcomeClasses[outcome.class];
  const answered = effect === "passed" || mayBePaid.has(outcome.class);
  return chargeOf(outcome.usage, answered, price, estimate);
}

/** The same target with the other question: one object for each, because requests are kept by it. */
const otherTargets = new WeakMap<ProbeTarget, ProbeTarget>();

function withRung(target: ProbeTarget, rung: Rung): ProbeTarget {
  if (target.rung === rung) return target;
  const known = otherTargets.get(target);
  if (known !== undefined) return known;
  const other = { ...target, rung, stream: rung === "completion" && target.stream };
  otherTargets.set(target, other);
  return other;
}

/** The model that answered is not the one that was asked, as far as that can be told. */
export function isOtherModel(target: ProbeTarget, { servedModel }: Outcome): boolean {
  if (servedModel === undefined) return false;
  const asked = comparableModel(target);
  return asked !== null && !isSameModel(asked, servedModel);
}
