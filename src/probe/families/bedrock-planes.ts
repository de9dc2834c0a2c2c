// Where Bedrock's planes are, and what the control plane says of a model.

import type { ProbeTarget } from "../../registry/deployment.ts";
import type { HttpResponse } from "../../transport/transport.ts";
import type { Judgement } from "../outcome.ts";
import { at, parse, passed, readModel } from "../reading.ts";

/** Next to the runtime, unless it is told; a gateway of the operator's own answers for all of them. */
export function controlOf({ baseUrl, options }: ProbeTarget): string {
  return options["control"] ?? baseUrl.replace("//bedrock-runtime", "//bedrock");
}

export function agentsOf({ baseUrl, options }: ProbeTarget): string {
  return options["agents"] ?? baseUrl.replace("//bedrock-runtime", "//bedrock-agent-runtime");
}

export function modelArnOf({ model, options }: ProbeTarget): string {
  if (model.startsWith("arn:")) return model;
  const region = options["region"] ?? "";
  const partition = region.startsWith("cn-")
    ? "aws-cn"
    : region.startsWith("us-gov-")
      ? "aws-us-gov"
      : "aws";
  return `arn:${partition}:bedrock:${region}::foundation-model/${model}`;
}

/** Inference needs no right to read the control plane: without it the free question proves nothing. */
export function readControl(target: ProbeTarget, response: HttpResponse): Judgement {
  const judgement = readModel(target, response);
  const lacked = lackedRight(response);
  if (lacked !== null) {
    return {
      ...judgement,
      class: "bad_probe",
      text: `the free question needs the right ${lacked}`,
    };
  }
  const lifecycle = at(parse(response), "modelDetails", "modelLifecycle", "status");
  return judgement.class === "ok" && lifecycle === "LEGACY"
    ? { ...passed(judgement.usage), text: "the provider calls this model legacy" }
    : judgement;
}

/** The action that IAM does not allow; null when the answer says something else. */
export function lackedRight({ status, body }: HttpResponse): string | null {
  if (status !== 403 && status !== 400) return null;
  return (
    /not authorized to perform:? ([a-z0-9-]+:[A-Za-z]+)/.exec(body.slice(0, 4000))?.[1] ?? null
  );
}
