// Databricks model serving: OpenAI's bodies at the workspace, and the state of an endpoint for nothing.
// (docs.databricks.com/api/workspace/servingendpoints)

import { familyModes } from "../../registry/family-modes.ts";
import { get } from "../asking.ts";
import { openaiFamily, openaiHeaders } from "../openai/family.ts";
import { at, parse, readModel } from "../reading.ts";
import { join } from "../url.ts";

export const databricks = openaiFamily({
  modes: familyModes.databricks,
  url: ({ baseUrl, model }, path) =>
    // Written for one endpoint, it takes all that the endpoint does.
    baseUrl.endsWith(`/${model}/invocations`) ? baseUrl : join(baseUrl, path),
  free: {
    request(target) {
      const root = target.baseUrl.replace(/\/serving-endpoints.*$/, "");
      const name = encodeURIComponent(target.model);
      return get(`${root}/api/2.0/serving-endpoints/${name}`, openaiHeaders(target));
    },
    read(target, response) {
      const judgement = readModel(target, response);
      const ready = at(parse(response), "state", "ready");
      return judgement.class === "ok" && ready === "NOT_READY"
        ? { ...judgement, class: "not_ready", text: "the endpoint is not ready" }
        : judgement;
    },
  },
});
