// A family that serves OpenAI's operations at addresses of its own.

import type { Mode, ProbeTarget } from "../../registry/deployment.ts";
import type { HttpRequest, HttpResponse } from "../../transport/transport.ts";
import { adaptTarget } from "../adapt.ts";
import { ask, readWith } from "../asking.ts";
import { headersOf } from "../auth.ts";
import type { Family, Question } from "../family.ts";
import type { Judgement } from "../outcome.ts";
import { at, isList, type Json, readMetadata } from "../reading.ts";
import { openSocket, readRealtime } from "../realtime.ts";
import type { Operation } from "./operation.ts";
import { operations } from "./operations.ts";

type Served = keyof typeof operations;

export interface Address {
  /** The whole address of an operation (its path below the base). */
  url(target: ProbeTarget, path: string): string;
  /** The whole address of a realtime session, as it would be over HTTP; without it there are none. */
  realtimeUrl?(target: ProbeTarget): string;
  readonly free: Question;
  /** Other headers than those of every OpenAI-compatible server. */
  headers?(target: ProbeTarget): Record<string, string>;
  /** The body of the question, where the address changes it. */
  body?(target: ProbeTarget, body: Record<string, unknown>): Record<string, unknown>;
  /** The modes that are served, where it is not all. */
  readonly modes?: readonly Mode[];
}

export function openaiFamily(address: Address): Family {
  const served = Object.entries(operations).filter(
    ([mode]) => address.modes === undefined || address.modes.includes(mode as Served),
  );
  const paid: Partial<Record<Mode, Question>> = Object.fromEntries(
    served.map(([mode, operation]) => [mode, questionAt(address, operation)]),
  );
  const { realtimeUrl } = address;
  if (realtimeUrl !== undefined) {
    paid.realtime = {
      request: (target) => openSocket(realtimeUrl(target), headersAt(address, target)),
      read: readRealtime,
    };
  }
  return { paid, free: address.free, adapt: adaptTarget };
}

/** An operation as a question at this address. */
function questionAt(address: Address, operation: Operation): Question {
  return {
    request: (target) => requestAt(address, operation, target),
    read: readWith(operation.read, operation.stream),
  };
}

function requestAt(address: Address, operation: Operation, target: ProbeTarget): HttpRequest {
  const url = address.url(target, operation.path);
  const headers = headersAt(address, target);
  const whole = operation.body(target);
  const body = address.body?.(target, whole) ?? whole;
  if (operation.form === undefined) return ask(target, operation.stream, url, headers, body);
  const { contentType, text } = operation.form(textsOf(body));
  return { method: "POST", url, headers: { ...headers, "content-type": contentType }, body: text };
}

/** Fields of a form are texts. */
function textsOf(body: Record<string, unknown>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(body).map(([name, value]) => [
      name,
      typeof value === "string" ? value : JSON.stringify(value),
    ]),
  );
}

function headersAt(address: Address, target: ProbeTarget): Record<string, string> {
  return address.headers?.(target) ?? openaiHeaders(target);
}

export function openaiHeaders(target: ProbeTarget): Record<string, string> {
  const { organization } = target;
  return headersOf(target, organization === null ? {} : { "openai-organization": organization });
}

/** Reads a list of models as most servers give it: `data`, or the list itself. */
export function readModelList(target: ProbeTarget, response: HttpResponse): Judgement {
  const idsOf = (body: Json): readonly Json[] | null => {
    const list = isList(body) ? body : at(body, "data");
    return isList(list) ? list.map((item) => at(item, "id") ?? null) : null;
  };
  return readMetadata(target.provider, response, target.model, idsOf);
}
