// The free question of what speaks OpenAI's API, as its row says: a list of models, what is known of one, who the key belongs to,
// whether the engine is alive. At a foreign host only the list of models is certain.

import type { ProbeTarget } from "../../registry/deployment.ts";
import { providers } from "../../registry/providers/all.ts";
import type { Condition, FreeQuestion } from "../../registry/providers/row.ts";
import type { HttpResponse } from "../../transport/transport.ts";
import { get } from "../asking.ts";
import type { Question } from "../family.ts";
import type { Judgement } from "../outcome.ts";
import { isAtHome, placeAt } from "../place.ts";
import {
  at,
  failed,
  isSuccess,
  type Json,
  noUsage,
  parse,
  passed,
  readAccount,
  readModel,
} from "../reading.ts";
import { root } from "../url.ts";
import { readModelList } from "./family.ts";

const list: FreeQuestion = { at: "/models", reads: "list" };
const one: FreeQuestion = { at: "/models/{model}", reads: "model" };

/** `operations` are the paths that an operator may have written into the address. */
export function freeQuestion(
  operations: readonly string[],
  headersOf: (target: ProbeTarget) => Record<string, string>,
): Question {
  return {
    request(target) {
      const baseUrl = root(target.baseUrl, operations);
      // What stands behind it is a deployment of a model.
      const model = target.model.split("#")[0] ?? "";
      return get(placeAt({ ...target, baseUrl, model }, freeOf(target).at), headersOf(target));
    },
    read: (target, response) => readFree(target, freeOf(target), response),
  };
}

function freeOf(target: ProbeTarget): FreeQuestion {
  const row = providers[target.provider];
  if (row === undefined) return list;
  if (!isAtHome(target)) {
    return row.freeElsewhere ?? (goesAlong(row.freeAt) ? row.freeAt : list);
  }
  return row.freeAt ?? (row.free === "model" ? one : list);
}

/**
 * A list of which nobody documents that it is for those only who have a key: that of a provider which does not say so, and of
 * whoever stands at an address of the operator's own.
 */
export function isUnprovenList(target: ProbeTarget): boolean {
  const row = providers[target.provider];
  if (target.family !== "openai" || row === undefined || freeOf(target).reads !== "list")
    return false;
  return row.free === "unproven" || (!isAtHome(target) && standsIn.has(row.free));
}

const standsIn: ReadonlySet<string> = new Set(["model", "list"]);

/**
 * Whether it may be asked at a foreign host: an address of its own would take the key elsewhere, and a gateway that does not know
 * one model's address would seem to miss the model.
 */
function goesAlong(question: FreeQuestion | undefined): question is FreeQuestion {
  return question !== undefined && !/^https?:/.test(question.at) && question.reads !== "model";
}

function readFree(
  target: ProbeTarget,
  { reads, conditions = [] }: FreeQuestion,
  response: HttpResponse,
): Judgement {
  if (reads === "success")
    return isSuccess(response) ? passed(noUsage) : failed(target.provider, response);
  if (reads === "list") return readModelList(target, response);
  const judgement = reads === "model" ? readModel(target, response) : readAccount(target, response);
  if (judgement.class !== "ok") return judgement;
  const body = parse(response);
  const broken = conditions.find((condition) => !holds(condition, body));
  return broken === undefined
    ? judgement
    : { ...judgement, class: broken.otherwise, text: broken.text };
}

function holds({ field, is }: Condition, body: Json | undefined): boolean {
  const value = at(body, ...field.split("."));
  if (value === undefined || value === null) return true;
  return is === "positive" ? Number(value) > 0 : value === is;
}
