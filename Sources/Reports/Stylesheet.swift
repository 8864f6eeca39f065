/// How the page looks: light and dark as the reader's system has it, on a screen of any width and on paper.
enum Stylesheet {
    static let text: StaticString = """
        :root {
          color-scheme: light dark;
          --page: #ffffff; --panel: #f5f7f9; --ink: #15191e; --soft: #55606c; --rule: #d8dee5; --grid: #e6eaef;
          --accent: #0a5a9c; --good: #0a6b4d; --bad: #a13d06; --point: #0a5a9c;
          --on-mark: #10141a;
        }
        @media (prefers-color-scheme: dark) {
          :root {
            --page: #14181d; --panel: #1c2229; --ink: #e8ecf1; --soft: #a3adb9; --rule: #343d47; --grid: #29313a;
            --accent: #6fb7f0; --good: #5fcba4; --bad: #f0a36b; --point: #6fb7f0;
          }
        }
        * { box-sizing: border-box; }
        html { -webkit-text-size-adjust: 100%; text-size-adjust: 100%; }
        body {
          margin: 0; background: var(--page); color: var(--ink);
          font: 16px/1.55 system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", "Noto Sans", sans-serif;
        }
        .patterns { position: absolute; }
        main, .masthead { max-width: 1104px; margin: 0 auto; padding: 0 32px; }
        .masthead { padding-top: 40px; }
        a { color: var(--accent); text-underline-offset: 2px; }
        .eyebrow { color: var(--soft); font-size: 14px; margin: 0 0 10px; overflow-wrap: anywhere; }
        h1 { font-size: 34px; line-height: 1.2; letter-spacing: -0.015em; font-weight: 650; margin: 0 0 14px; text-wrap: balance; }
        h1 strong { color: var(--accent); font-weight: 700; white-space: nowrap; }
        h2 { font-size: 23px; line-height: 1.3; letter-spacing: -0.01em; font-weight: 640; margin: 0 0 8px; }
        h3 { font-size: 17px; line-height: 1.35; font-weight: 640; margin: 32px 0 6px; }
        section { margin: 56px 0; }
        p { margin: 0 0 12px; max-width: 76ch; }
        p, li, dd { overflow-wrap: anywhere; }
        .lede { font-size: 18px; line-height: 1.5; color: var(--ink); }
        .note { color: var(--soft); font-size: 14px; }
        .warning { border-left: 4px solid var(--bad); background: var(--panel); padding: 10px 14px; max-width: none; }
        code, pre { font-family: ui-monospace, SFMono-Regular, Menlo, Consolas, "Liberation Mono", monospace; font-size: 13.5px; }
        code { overflow-wrap: anywhere; }
        pre { background: var(--panel); border: 1px solid var(--rule); border-radius: 6px; padding: 12px 14px; margin: 8px 0 16px;
          overflow-x: auto; line-height: 1.45; }

        .tiles { display: grid; grid-template-columns: repeat(3, minmax(0, 1fr)); gap: 1px; background: var(--rule);
          border: 1px solid var(--rule); border-radius: 8px; overflow: hidden; margin: 26px 0 18px; padding: 0; }
        .tile { background: var(--page); padding: 16px 18px; margin: 0; }
        .tile dt { color: var(--soft); font-size: 14px; }
        .tile dd { margin: 0; }
        .tile .figure { font-size: 25px; line-height: 1.25; font-weight: 640; letter-spacing: -0.01em; font-variant-numeric: tabular-nums; }
        .tile .figure small { font-size: 14px; font-weight: 450; letter-spacing: 0; color: var(--soft); }
        .tile .against { font-size: 14px; color: var(--soft); font-variant-numeric: tabular-nums; }
        .better, .worse, .same { font-weight: 600; white-space: nowrap; }
        .better { color: var(--good); } .worse { color: var(--bad); } .same { color: var(--soft); font-weight: 450; }
        .facts { list-style: none; margin: 0; padding: 0; display: flex; flex-wrap: wrap; gap: 4px 26px; color: var(--soft); font-size: 14px; }
        .facts b { color: var(--ink); font-weight: 600; font-variant-numeric: tabular-nums; }

        .scroll { overflow-x: auto; margin: 14px 0 18px; }
        .scroll:focus-visible, summary:focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; }
        table { border-collapse: collapse; width: 100%; font-size: 14px; line-height: 1.35; font-variant-numeric: tabular-nums; }
        caption { text-align: left; color: var(--soft); padding: 0 0 8px; font-size: 14px; }
        th, td { padding: 6px 12px; border-bottom: 1px solid var(--rule); text-align: left; font-weight: 400; vertical-align: top; }
        th:first-child, td:first-child { padding-left: 0; } th:last-child, td:last-child { padding-right: 0; }
        thead th { color: var(--soft); font-weight: 600; vertical-align: bottom; border-bottom: 1.5px solid var(--soft); }
        .number { text-align: right; white-space: nowrap; }
        thead .number { white-space: normal; }
        table.dense { font-size: 13px; } table.dense th, table.dense td { padding: 5px 7px; }
        table.dense th:first-child { padding-left: 0; } table.dense td { white-space: nowrap; }
        tbody th:has(.swatch) { white-space: nowrap; }
        tr.group th { font-weight: 640; padding-top: 16px; border-bottom-color: var(--soft); }
        tr.sum th, tr.sum td { font-weight: 640; }
        th.name { min-width: 110px; } .dense thead th.name { min-width: 0; }
        .changed { font-weight: 600; }
        details { border-top: 1px solid var(--rule); padding: 8px 0; }
        details:last-of-type { border-bottom: 1px solid var(--rule); }
        summary { cursor: pointer; color: var(--accent); font-weight: 550; padding: 4px 0; }

        figure.chart { margin: 22px 0 30px; }
        figcaption { font-weight: 600; font-size: 15px; margin: 0 0 8px; }
        svg.wide, svg.narrow { display: block; width: 100%; height: auto; overflow: visible; }
        svg.wide { max-width: 1040px; }
        svg.narrow { display: none; max-width: 560px; }
        .legend { list-style: none; display: flex; flex-wrap: wrap; gap: 4px 20px; margin: 0 0 12px; padding: 0; font-size: 13.5px; color: var(--soft); }
        .legend li { display: flex; align-items: center; gap: 7px; }
        .swatch { width: 18px; height: 12px; flex: none; display: inline-block; vertical-align: -1px; }
        th .swatch { margin-right: 8px; }

        svg text { font-size: 12.5px; fill: var(--ink); font-variant-numeric: tabular-nums; }
        svg text.tick { fill: var(--soft); font-size: 12px; }
        svg text.axis-name { fill: var(--soft); font-size: 12.5px; }
        svg text.value { font-weight: 640; }
        svg text.on-mark { fill: var(--on-mark); font-size: 12px; pointer-events: none; }
        svg text.halo { paint-order: stroke; stroke: var(--page); stroke-width: 4px; stroke-linejoin: round; }
        .grid { stroke: var(--grid); stroke-width: 1; }
        .reference { stroke: var(--ink); stroke-width: 1.25; stroke-dasharray: 5 4; }
        .connector { stroke: var(--soft); stroke-width: 1; stroke-dasharray: 2 2; }
        .aside { fill: var(--panel); }
        .hatch { stroke: #10141a; stroke-width: 1; stroke-opacity: 0.34; fill: none; }
        .bound-compute { fill: #4a9fdc; }
        .bound-vector { fill: url(#hatch-vector); } .hatch-vector-ground { fill: #cb7fab; }
        .bound-globalMemory { fill: url(#hatch-globalMemory); } .hatch-globalMemory-ground { fill: #2fae8a; }
        .bound-dram { fill: url(#hatch-dram); } .hatch-dram-ground { fill: #e39513; }
        .block.bound-vector { fill: #cb7fab; } .block.bound-globalMemory { fill: #2fae8a; } .block.bound-dram { fill: #e39513; }
        .kind-convolution { fill: #4a9fdc; } .kind-depthwise { fill: #e39513; } .kind-linear { fill: #2fae8a; }
        .kind-matmul { fill: #cb7fab; } .kind-recurrent { fill: #7d9b3c; } .kind-attention { fill: #d9624f; } .kind-softmax { fill: #a79be6; } .kind-normalization { fill: #d8c13a; } .kind-other { fill: #9eaab6; }
        .component-systolic-arrays { fill: #4a9fdc; } .component-vector-units { fill: #cb7fab; } .component-l1 { fill: #d8c13a; }
        .component-l2 { fill: #b3a06b; } .component-global-memory { fill: #2fae8a; } .component-network { fill: #a79be6; }
        .component-dram-interface { fill: #e39513; } .component-control-and-clock { fill: #9eaab6; } .component-host { fill: #c9ced4; }
        .occupied { fill: #2fae8a; fill-opacity: 0.55; stroke: #2fae8a; stroke-width: 1; }
        .factor-gain { fill: #2fae8a; } .factor-loss { fill: #e39513; } .factor-product { fill: #4a9fdc; }
        .cost-die { fill: #4a9fdc; } .cost-package { fill: #cb7fab; } .cost-memory { fill: #e39513; } .cost-board { fill: #9eaab6; }
        .cost-interest { fill: #d8c13a; } .cost-repairs { fill: #b3a06b; } .cost-electricity { fill: #d9624f; }
        .cost-facility { fill: #2fae8a; } .cost-margin { fill: #a79be6; }
        .swing-low { fill: #4a9fdc; } .swing-high { fill: #e39513; } .never { fill: url(#hatch-vector); }
        .front { fill: var(--accent); stroke: var(--page); stroke-width: 1.2; }
        .trial-feasible { stroke: var(--point); stroke-width: 4.5; stroke-linecap: round; stroke-opacity: 0.32; fill: none; }
        .trial-infeasible { stroke: var(--bad); stroke-width: 1; stroke-opacity: 0.7; fill: none; }
        .best-so-far { stroke: var(--ink); stroke-width: 2.25; fill: none; stroke-linejoin: round; }
        .roof-best { stroke: var(--ink); stroke-width: 2; fill: none; }
        .roof-baseline { stroke: var(--soft); stroke-width: 2; stroke-dasharray: 7 4; fill: none; }
        .point { fill: var(--point); fill-opacity: 0.4; stroke: var(--point); stroke-width: 1; }
        .point-before { fill: var(--page); stroke: var(--bad); stroke-width: 1.1; }
        .move { stroke: var(--bad); stroke-width: 0.8; stroke-opacity: 0.4; fill: none; }
        footer { color: var(--soft); font-size: 14px; padding-bottom: 48px; }

        @media screen and (max-width: 820px) {
          body { font-size: 15.5px; }
          main, .masthead { padding-left: 16px; padding-right: 16px; }
          .masthead { padding-top: 24px; }
          h1 { font-size: 26px; } h2 { font-size: 20px; } .lede { font-size: 16.5px; }
          section { margin: 44px 0; }
          .tiles { grid-template-columns: repeat(2, minmax(0, 1fr)); }
          .tile { padding: 12px 13px; } .tile .figure { font-size: 21px; }
          svg.wide { display: none; } svg.narrow { display: block; }
          th, td { padding: 6px 9px; }
          table.wrapping { font-size: 13.5px; } table.wrapping th, table.wrapping td { padding: 5px 5px; min-width: 0; }
          table.wrapping th:first-child { padding-left: 0; } table.wrapping td:last-child { padding-right: 0; }
          table.wrapping .number { white-space: normal; }
        }
        @media print {
          :root {
            --page: #ffffff; --panel: #f5f7f9; --ink: #000000; --soft: #444c55; --rule: #c5ccd4; --grid: #e0e4e9;
            --accent: #0a5a9c; --good: #0a6b4d; --bad: #a13d06; --point: #0a5a9c;
          }
          body { font-size: 10.5pt; print-color-adjust: exact; -webkit-print-color-adjust: exact; }
          main, .masthead { max-width: none; padding: 0; }
          section { margin: 26px 0; }
          figure.chart, .tile, tr { break-inside: avoid; }
          h2, h3, figcaption { break-after: avoid; }
          .scroll { overflow: visible; } pre { white-space: pre-wrap; overflow-wrap: anywhere; }
          table { font-size: 8.5pt; } th, td { padding: 3px 6px; }
        }
        """
}
