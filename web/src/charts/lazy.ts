/** Charts arrive after the page: their library is not needed to read the rest. */
import { lazy } from "../lib/lazy";

export const CurvesChart = lazy(() => import("./CurvesChart"));
