/** Charts arrive after the page: their library is not needed to read the rest. */
import { lazy } from "react";

export const ScatterPlot = lazy(() => import("./scatter/ScatterPlot"));
export const CurvesChart = lazy(() => import("./CurvesChart"));
export const ParallelChart = lazy(() => import("./parallel/ParallelChart"));
export const CurvePanel = lazy(() => import("./curvepanel/CurvePanel"));
export const MetricCharts = lazy(() => import("./curvepanel/MetricCharts"));
