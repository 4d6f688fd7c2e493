/** Keeps one stream for those who have joined; runs in a shared worker. */
import { type Asked, ownStream, type Told } from "./stream";

/** Milliseconds for which a stream that was opened anew for one window is good for others that wake as well. */
const NEW = 5_000;

/** Milliseconds between two questions whether the windows are there: one that has crashed does not say that it leaves. */
export const QUESTION = 15_000;
/** So many that a window does not answer, and it is forgotten. */
const PATIENCE = 2;

export type Port = Pick<MessagePort, "onmessage" | "postMessage" | "close">;

/** The stream is open as long as there is a window that has joined, has not left and answers. */
export class StreamKeeper {
  /** With the number of questions that each has not answered. */
  private readonly ports = new Map<Port, number>();
  private asking: ReturnType<typeof setInterval> | undefined;
  private close: (() => void) | null = null;
  private isOpen = false;
  private begun = 0;

  constructor(private readonly url: string) {}

  add = (port: Port): void => {
    port.onmessage = ({ data }: MessageEvent<Asked>) => {
      if (data === "leave") this.leave(port);
      else if (data === "here" && this.ports.has(port)) this.ports.set(port, 0);
      else this.join(port, data === "join anew");
    };
  };

  private join(port: Port, anew: boolean): void {
    this.ports.set(port, 0);
    this.asking ??= setInterval(this.ask, QUESTION);
    if (this.close === null || (anew && Date.now() - this.begun > NEW)) this.open();
    else if (this.isOpen) tell(port, "open");
  }

  private leave(port: Port): void {
    this.forget(port);
    port.close();
  }

  private forget(port: Port): void {
    this.ports.delete(port);
    if (this.ports.size > 0) return;
    clearInterval(this.asking);
    this.asking = undefined;
    this.end();
  }

  /** The port of one that is forgotten stays open: it may only have been held up, and its answer lets it join again. */
  private ask = (): void => {
    for (const [port, unanswered] of this.ports) {
      if (unanswered === PATIENCE) this.forget(port);
      else {
        this.ports.set(port, unanswered + 1);
        tell(port, "there?");
      }
    }
  };

  private open(): void {
    this.end();
    this.begun = Date.now();
    this.close = ownStream(this.url, (heard) => {
      if (heard === "open") this.isOpen = true;
      if (heard === "error") this.end();
      for (const port of this.ports.keys()) tell(port, heard);
    });
  }

  private end(): void {
    this.close?.();
    this.close = null;
    this.isOpen = false;
  }
}

const tell = (port: Port, told: Told): void => port.postMessage(told);
