/** Keeps one stream for those who have joined; runs in a shared worker. */
import { type Asked, type Heard, ownStream } from "./stream";

/** Milliseconds for which a stream that was opened anew for one window is good for others that wake as well. */
const NEW = 5_000;

export type Port = Pick<MessagePort, "onmessage" | "postMessage" | "close">;

/** The stream is open as long as there is a window that has joined and not left. */
export class StreamKeeper {
  private readonly ports = new Set<Port>();
  private close: (() => void) | null = null;
  private isOpen = false;
  private begun = 0;

  constructor(private readonly url: string) {}

  add = (port: Port): void => {
    port.onmessage = ({ data }: MessageEvent<Asked>) => {
      if (data === "leave") this.leave(port);
      else this.join(port, data === "join anew");
    };
  };

  private join(port: Port, anew: boolean): void {
    this.ports.add(port);
    if (this.close === null || (anew && Date.now() - this.begun > NEW)) this.open();
    else if (this.isOpen) port.postMessage("open" satisfies Heard);
  }

  private leave(port: Port): void {
    this.ports.delete(port);
    port.close();
    if (this.ports.size === 0) this.end();
  }

  private open(): void {
    this.end();
    this.begun = Date.now();
    this.close = ownStream(this.url, (heard) => {
      if (heard === "open") this.isOpen = true;
      if (heard === "error") this.end();
      for (const port of this.ports) port.postMessage(heard);
    });
  }

  private end(): void {
    this.close?.();
    this.close = null;
    this.isOpen = false;
  }
}
