/** A failure in words that can be shown as they are. */
export class ApiError extends Error {
  constructor(
    /** HTTP status; 0 when no answer came. */
    readonly status: number,
    readonly code: string,
    message: string,
    readonly hint: string | null = null,
    /** With the code `run_moved`: the project where the run is now, as `entity/project`. */
    readonly movedTo: string | null = null,
  ) {
    super(message);
    this.name = "ApiError";
  }
}

/** Whether a server was busy or not reached, so that the same may well be answered later. */
export const isAway = (error: unknown): boolean =>
  error instanceof ApiError && (error.status === 0 || error.status >= 500);

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null;

const text = (value: unknown): string | null => (typeof value === "string" && value !== "" ? value : null);

/** Reads the server's error shape, and makes sense of anything else that may stand between page and server. */
export function toApiError(status: number, body: unknown): ApiError {
  const error = isRecord(body) && isRecord(body.error) ? body.error : {};
  return new ApiError(
    status,
    text(error.code) ?? "unexpected_answer",
    text(error.message) ?? `The server answered with status ${status}.`,
    text(error.hint),
    text(error.moved_to),
  );
}

export const unreachable = () =>
  new ApiError(
    0,
    "unreachable",
    "The server cannot be reached.",
    "Is it running? This page asks again for what it shows, but does nothing twice.",
  );

export const isCode = (error: unknown, code: string): boolean =>
  error instanceof ApiError && error.code === code;

export const isStatus = (error: unknown, status: number): boolean =>
  error instanceof ApiError && error.status === status;

/** The project to which the run that was asked for has moved, as `entity/project`. */
export const movedTo = (error: unknown): string | null => (error instanceof ApiError ? error.movedTo : null);
