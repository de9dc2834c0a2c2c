// A family is a protocol that providers speak: a question for each mode, one that is free, and what it learns from a refusal.
// Questions are pure functions: how to ask, and how to read the answer.

import type { Mode, ProbeTarget } from "../registry/deployment.ts";
import type { HttpRequest, HttpResponse } from "../transport/transport.ts";
import type { Judgement } from "./outcome.ts";

export interface Question {
  /** The smallest request that proves what the target's rung asks for. Who asks is added by `authorize.ts` where it is signed. */
  request(target: ProbeTarget): HttpRequest;
  /** What the answer means for the deployment. */
  read(target: ProbeTarget, response: HttpResponse): Judgement;
}

export interface Family {
  /** The paid question of each mode that the family serves (`familyModes` of the registry names the same). */
  readonly paid: Readonly<Partial<Record<Mode, Question>>>;
  /** What a family answers for nothing: that a model is there, or that a key is good. */
  readonly free: Question;
  /**
   * The one adaptive change: when the answer refuses a parameter that we sent, the target to ask
   * again with (and to remember), else null.
   */
  adapt(target: ProbeTarget, response: HttpResponse): ProbeTarget | null;
}

/** The question that a target's rung and mode ask for. */
export function questionIn(family: Family, { rung, mode, provider }: ProbeTarget): Question {
  const question = rung === "metadata" ? family.free : family.paid[mode];
  if (question === undefined) throw new Error(`provider ${provider} is not asked in mode ${mode}`);
  return question;
}
