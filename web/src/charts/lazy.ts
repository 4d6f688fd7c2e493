/** Charts arrive after the page: their library is not needed to read the rest. */
import { lazy } from "react";

export const ScatterChart = lazy(() => import("./ScatterChart"));
export const CurvesChart = lazy(() => import("./CurvesChart"));
export const ParallelChart = lazy(() => import("./parallel/ParallelChart"));
