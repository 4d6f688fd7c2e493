/** Changes to a sweep. */
import { client, unwrap } from "./client";
import type { SweepAction } from "./types";

/** An empty text takes it away: the sweep has the name of its configuration again, or its id. */
export const changeSweep = (sweep_id: string, change: { display_name?: string; description?: string }) =>
  unwrap(client.PATCH("/api/v1/sweeps/{sweep_id}", { params: { path: { sweep_id } }, body: change }));

export const commandSweep = (sweep_id: string, action: SweepAction) =>
  unwrap(
    client.POST("/api/v1/sweeps/{sweep_id}/state", { params: { path: { sweep_id } }, body: { action } }),
  );

/** Gives an agent in quarantine another chance. */
export const releaseAgent = (agent_id: string) =>
  unwrap(client.POST("/api/v1/agents/{agent_id}/release", { params: { path: { agent_id } } }));
