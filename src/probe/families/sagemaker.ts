// AWS SageMaker endpoints: containers that speak the body of text generation inference, or OpenAI's chat (`sagemaker_chat`).
// (docs.aws.amazon.com/sagemaker/latest/APIReference)

import type { ProbeTarget } from "../../registry/deployment.ts";
import type { HttpRequest, HttpResponse } from "../../transport/transport.ts";
import { adaptTarget } from "../adapt.ts";
import { post, readWith } from "../asking.ts";
import { headersOf } from "../auth.ts";
import { withExtras } from "../extras.ts";
import type { Family, Question } from "../family.ts";
import { chat } from "../openai/chat.ts";
import type { Judgement } from "../outcome.ts";
import { at, failed, isFilled, isSuccess, noUsage, parse, passed, unexpected } from "../reading.ts";
import { lackedRight } from "./bedrock-planes.ts";
import { readGeneration } from "./tgi.ts";

/** States in which an endpoint goes on answering with what it had. */
const serving = ["Updating", "SystemUpdating", "RollingBack", "UpdateRollbackFailed"];

export const sagemaker: Family = {
  paid: {
    chat: {
      request: (target) => invoke(target, speaksChat(target) ? chatBody(target) : textBody(target)),
      read: ofContainer(
        readWith((target, response) =>
          speaksChat(target) ? chat.read(target, response) : readGeneration(target, response),
        ),
      ),
    },
    embedding: {
      request: (target) => invoke(target, { inputs: [target.prompt], ...target.extraBody }),
      read: ofContainer(
        readWith((_target, response) =>
          isFilled(parse(response)) ? passed(noUsage) : unexpected(response, "no embedding"),
        ),
      ),
    },
  },
  free: {
    request: (target) =>
      post(
        `${controlOf(target)}/`,
        {
          ...headersOf(target),
          "content-type": "application/x-amz-json-1.1",
          "x-amz-target": "SageMaker.DescribeEndpoint",
        },
        { EndpointName: target.model },
      ),
    read: readDescription,
  },
  adapt: adaptTarget,
};

/** A 424 carries what the container itself answered: that says more. */
function ofContainer(read: Question["read"]): Question["read"] {
  return (target, response) => {
    const body = response.status === 424 ? parse(response) : undefined;
    const status = at(body, "OriginalStatusCode");
    const message = at(body, "OriginalMessage");
    if (typeof status !== "number" || status < 400) return read(target, response);
    const inner = typeof message === "string" ? message : JSON.stringify(message ?? "");
    return failed(target.provider, { ...response, status, headers: {}, body: inner });
  };
}

function speaksChat({ provider }: ProbeTarget): boolean {
  return provider === "sagemaker_chat";
}

function invoke(target: ProbeTarget, body: object): HttpRequest {
  const { baseUrl, model, options } = target;
  const component = options["component"];
  const own: Record<string, string> =
    component === undefined ? {} : { "x-amzn-sagemaker-inference-component": component };
  const url = baseUrl.endsWith("/invocations")
    ? baseUrl
    : `${baseUrl}/endpoints/${encodeURIComponent(model)}/invocations`;
  return post(url, headersOf(target, own), body);
}

function chatBody(target: ProbeTarget): object {
  return chat.body({ ...target, stream: false });
}

function textBody(target: ProbeTarget): object {
  const { prompt, maxTokens } = target;
  const parameters = maxTokens === null ? {} : { parameters: { max_new_tokens: maxTokens } };
  return withExtras({ inputs: prompt, ...parameters }, target);
}

function controlOf({ baseUrl, options }: ProbeTarget): string {
  return options["control"] ?? baseUrl.replace("//runtime.sagemaker", "//api.sagemaker");
}

function readDescription(target: ProbeTarget, response: HttpResponse): Judgement {
  const lacked = lackedRight(response);
  if (lacked !== null) {
    const text = `the free question needs the right ${lacked}`;
    return { ...failed(target.provider, response), class: "bad_probe", text };
  }
  if (!isSuccess(response)) return failed(target.provider, response);
  const status = at(parse(response), "EndpointStatus");
  if (typeof status !== "string") return unexpected(response, "no status of the endpoint");
  const judgement = passed(noUsage);
  const text = `the endpoint is ${status}`;
  if (status === "InService") return judgement;
  if (serving.includes(status)) return { ...judgement, text };
  return { ...judgement, class: status === "Creating" ? "not_ready" : "server_error", text };
}
