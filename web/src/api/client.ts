import createClient from "openapi-fetch";
import { BASE } from "./base";
import { toApiError, unreachable } from "./errors";
import type { paths } from "./schema";

/** Typed by the server's OpenAPI description. The header proves to the server that no foreign page is asking. */
export const client = createClient<paths>({
  baseUrl: window.location.origin + BASE,
  headers: { "X-Besom": "1" },
});

interface Answer<T> {
  data?: T;
  error?: unknown;
  response: Response;
}

/** The body of a good answer; everything else is thrown as an ApiError. */
export async function unwrap<T>(call: Promise<Answer<T>>): Promise<T> {
  let answer: Answer<T>;
  try {
    answer = await call;
  } catch (error) {
    if (error instanceof DOMException && error.name === "AbortError") throw error;
    throw unreachable();
  }
  if (!answer.response.ok) throw toApiError(answer.response.status, answer.error);
  return answer.data as T;
}
