// The parts of ECharts that app/src/chart draws with; esbuild leaves out everything else.
// A new chart type or component in app/src/chart/spec.rs needs its line here.
import { BarChart, LineChart } from "echarts/charts";
import {
    AriaComponent,
    GridComponent,
    LegendComponent,
    TitleComponent,
    TooltipComponent,
} from "echarts/components";
import { connect, disconnect, dispose, getInstanceByDom, init, use } from "echarts/core";
import { LabelLayout } from "echarts/features";
import { CanvasRenderer } from "echarts/renderers";

use([
    AriaComponent,
    BarChart,
    CanvasRenderer,
    GridComponent,
    LabelLayout,
    LegendComponent,
    LineChart,
    TitleComponent,
    TooltipComponent,
]);

export { connect, disconnect, dispose, getInstanceByDom, init };
