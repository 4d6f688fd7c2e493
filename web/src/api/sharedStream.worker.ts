/** Runs once in the browser for each stream, whose address is its name. */
import { StreamKeeper } from "./streamKeeper";

const scope = globalThis as unknown as { name: string; onconnect: (event: MessageEvent) => void };
const keeper = new StreamKeeper(scope.name);
scope.onconnect = ({ ports: [port] }) => port !== undefined && keeper.add(port);
