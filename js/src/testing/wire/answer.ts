// The answers of the gateway's calls. Their bodies can be read again, which those of a `Response` cannot without a copy.

/** The body of an answer. */
export type AnswerBody = string | Uint8Array<ArrayBuffer>;

/** Makes an answer. */
export function makeAnswer(body: AnswerBody | null, init: ResponseInit): Response {
  const response = new Response(body, init);
  if (body !== null) bodies.set(response, body);
  return response;
}

/** Returns the body of an answer, or undefined where it has none. */
export function bodyOf(answer: Response): AnswerBody | undefined {
  return bodies.get(answer);
}

const bodies = new WeakMap<Response, AnswerBody>();
