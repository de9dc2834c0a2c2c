// Mistral's reading of documents, which others serve at the same place: an empty page is read. (docs.mistral.ai/api)

import { at, count, isList, noUsage, parse, unexpected } from "../reading.ts";
import { emptyPdfUrl } from "../samples.ts";
import { answered, type Operation } from "./operation.ts";

export const ocr = {
  path: "/ocr",
  body: (target) => ({
    model: target.model,
    document: { type: "document_url", document_url: emptyPdfUrl },
    ...target.extraBody,
  }),
  read(_target, response) {
    const body = parse(response);
    if (!isList(at(body, "pages"))) return unexpected(response, "no pages");
    const pages = count(at(body, "usage_info", "pages_processed")) ?? 1;
    return answered(body, { ...noUsage, pieces: { unit: "page", count: pages } });
  },
} satisfies Operation;
