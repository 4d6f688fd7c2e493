/** One stream for all windows of a browser, which has six connections for a server and no more. */

import Worker from "./sharedStream.worker?sharedworker";
import { type Asked, type OpenStream, ownStream, type Told } from "./stream";

/** Phones and private corners have no shared workers, or none that begin; there each window has a stream of its own. */
let canShare = typeof SharedWorker !== "undefined";

export const sharedStream: OpenStream = (url, hear, anew) => {
  if (!canShare) return ownStream(url, hear);
  let worker: SharedWorker;
  try {
    worker = new Worker({ name: url });
  } catch {
    canShare = false;
    return ownStream(url, hear);
  }
  const ask = (asked: Asked) => worker.port.postMessage(asked);
  worker.onerror = () => {
    canShare = false;
    hear("error");
  };
  worker.port.onmessage = ({ data }: MessageEvent<Told>) => {
    if (data === "there?") ask("here");
    else hear(data);
  };
  ask(anew ? "join anew" : "join");
  return () => {
    worker.onerror = null;
    worker.port.onmessage = null;
    ask("leave");
  };
};
