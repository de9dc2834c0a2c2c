// The runtime's own binding of llhttp, the parser of node:http, as far as it is used here. Node and Bun have it under this name;
// their published types leave it out.

declare module "node:_http_common" {
  type Headers = string[];

  export class HTTPParser {
    static readonly RESPONSE: number;
    static readonly kOnHeaders: number;
    static readonly kOnHeadersComplete: number;
    static readonly kOnBody: number;
    static readonly kOnMessageComplete: number;
    [event: number]: unknown;
    initialize(type: number, resource: object, headerBytesMax: number, leniency: number): void;
    /** The bytes it took, or what is wrong with them. */
    execute(bytes: Uint8Array, offset: number, length: number): number | ParserError;
    /** The stream has ended. */
    finish(): undefined | number | ParserError;
    close(): void;
  }

  export interface ParserError extends Error {
    readonly code: string;
    readonly bytesParsed: number;
  }
}
