/** The server's messages under short names; the shapes come from its OpenAPI description. */
import type { components } from "./schema";

type Schemas = components["schemas"];

export type Agent = Schemas["Agent"];
export type Artifact = Schemas["Artifact"];
export type ArtifactRun = Schemas["ArtifactRun"];
export type Curve = Schemas["Curve"];
export type Event = Schemas["Event"];
export type Found = Schemas["Found"];
export type HistoryPage = Schemas["HistoryPage"];
export type Importance = Schemas["Importance"];
export type ImportanceMethod = Importance["method"];
export type LatestPoints = Schemas["LatestPoints"];
export type MetricDefinition = Schemas["MetricDefinition"];
export type MetricGoal = Schemas["MetricGoal"];
export type OutputLine = Schemas["OutputLine"];
export type ParameterImportance = Schemas["ParameterImportance"];
export type Project = Schemas["Project"];
export type Run = Schemas["Run"];
export type RunAction = Schemas["RunsChange"]["action"];
export type RunDetails = Schemas["RunDetails"];
export type LoggedChart = Schemas["LoggedChart"];
export type RunFile = Schemas["RunFile"];
export type RunPage = Schemas["RunPage"];
export type RunsChanged = Schemas["RunsChanged"];
export type RunState = Run["state"];
export type SystemCurve = Schemas["SystemCurve"];
export type Sweep = Schemas["Sweep"];
export type SweepState = Sweep["state"];
export type SweepAction = Schemas["SweepCommand"]["action"];
export type Viewer = Schemas["Viewer"];
