// OpenAI's moderations, which cost nothing there, and Mistral's. (platform.openai.com/docs/api-reference/moderations)

import { at, failed, parse, unexpected } from "../reading.ts";
import { answered, type Operation } from "./operation.ts";

export const moderation: Operation = {
  path: "/moderations",
  body: (target) => ({ model: target.model, input: target.prompt, ...target.extraBody }),
  read(target, response) {
    const body = parse(response);
    if (at(body, "error")) return failed(target.provider, response);
    const categories = at(body, "results", 0, "categories");
    return typeof categories === "object" && categories !== null
      ? answered(body)
      : unexpected(response, "no verdict");
  },
};
