/*
 * The style of the report's page: one column that a reader scans from the answer to the details,
 * light or dark as the reader's system is, without a font, a picture or a script from elsewhere.
 *
 * Colours are those of all views: what was received blue, what was sent vermilion, safe for the
 * colour-blind (Okabe and Ito); red is for trouble only. Parts of the traffic differ in lightness,
 * too. Texts keep a contrast of 4.5 to 1 and more, areas 3 to 1, on both backgrounds.
 */
#include "export/html_private.h"

#define LIGHT                                                                                      \
    "color-scheme:light;--page:#fff;--text:#1b1f24;--quiet:#57616c;--line:#dfe3e8;"                \
    "--track:#eef0f3;--note:#f5f7f9;--rx:#0072b2;--tx:#d55e00;--bar:#5c6f82;"                      \
    "--tcp:#00786a;--udp:#9b5fb5;--icmp:#b37d00;--ip:#5f6b78;--no-ip:#8b95a0;"                     \
    "--peaks:#8b95a0;--warning:#8a5a00;--trouble:#c01c28;"
#define DARK                                                                                       \
    "color-scheme:dark;--page:#14171b;--text:#e6e9ed;--quiet:#a2adb8;--line:#2d343c;"              \
    "--track:#232930;--note:#1c2127;--rx:#4ba6e3;--tx:#f28c3c;--bar:#8ba0b5;"                      \
    "--tcp:#2aa594;--udp:#b98bd0;--icmp:#e0b13c;--ip:#8d99a6;--no-ip:#66717d;"                     \
    "--peaks:#66717d;--warning:#e0b13c;--trouble:#ff7b63;"

static const char PAGE[] =
    ":root{" LIGHT "}\n"
    "@media screen and (prefers-color-scheme:dark){:root{" DARK "}}\n"
    "*{box-sizing:border-box}\n"
    "html{-webkit-text-size-adjust:100%;text-size-adjust:100%}\n"
    "body{margin:0 auto;padding:2rem 2.5rem 3rem;max-width:76rem;background:var(--page);"
    "color:var(--text);font:1rem/1.5 system-ui,-apple-system,'Segoe UI',Cantarell,'Noto Sans',"
    "'DejaVu Sans',sans-serif;font-variant-numeric:tabular-nums}\n"
    "h1{margin:0;font-size:1.75rem;line-height:1.25;overflow-wrap:anywhere}\n"
    "h2{margin:2.75rem 0 .75rem;font-size:1.2rem;line-height:1.3}\n"
    "h2 small{font-size:.9rem;font-weight:400;color:var(--quiet)}\n"
    "p{margin:.5rem 0;max-width:46rem}\n"
    ".quiet,footer,.a small{color:var(--quiet)}.a small{font-size:.875em}\n"
    ".note{padding:.6rem .9rem;border-left:.25rem solid var(--trouble);background:var(--note)}\n";

static const char FINDINGS[] =
    ".findings{margin:0;padding:0;list-style:none}\n"
    ".findings li{margin:.6rem 0;padding:.55rem .9rem;border-left:.3rem solid var(--bar);"
    "background:var(--note);overflow-wrap:anywhere}\n"
    ".findings p{margin:0;max-width:none}.findings p+p{font-size:.875rem}\n"
    ".findings b{margin-right:.4em}\n"
    ".findings .warning{border-color:var(--warning)}.warning b{color:var(--warning)}\n"
    ".findings .critical{border-color:var(--trouble)}.critical b{color:var(--trouble)}\n";

static const char FIGURES[] =
    ".figures{display:grid;grid-template-columns:repeat(auto-fit,minmax(10.75rem,1fr));gap:1.25rem;"
    "margin:1.75rem 0 0;padding:1.1rem 0;border:solid var(--line);border-width:1px 0}\n"
    ".figures div{display:flex;flex-direction:column}\n"
    ".figures dt{font-size:.875rem;color:var(--quiet)}\n"
    ".figures dd{margin:0}\n"
    ".figures dd:nth-of-type(1){font-size:1.6rem;line-height:1.25;font-weight:600;"
    "white-space:nowrap}\n"
    ".figures dd:nth-of-type(2){font-size:.875rem;color:var(--quiet)}\n";

static const char GRAPH[] =
    "figure{margin:0}\n"
    ".legend{display:flex;flex-wrap:wrap;gap:.25rem 1.5rem;margin:0 0 1rem;padding:0;"
    "list-style:none}\n"
    ".legend span{color:var(--quiet)}\n"
    ".key{display:inline-block;width:.75em;height:.75em;margin-right:.45em;border-radius:.15em;"
    "background:currentColor}\n"
    ".plot{padding:.6rem 1.75rem 2.25rem 6.25rem}\n"
    ".graph{display:block;width:100%;height:17rem;overflow:visible}\n"
    ".graph text{font-size:.8125rem;fill:var(--quiet)}\n"
    ".graph line{stroke:var(--line);vector-effect:non-scaling-stroke}\n"
    ".rates text{text-anchor:end}.times text{text-anchor:middle}\n"
    ".graph path{stroke-width:1px;vector-effect:non-scaling-stroke}\n"
    ".tips rect{fill:transparent}.tips rect:hover{fill:var(--text);fill-opacity:.14}\n"
    "figcaption{font-size:.875rem;color:var(--quiet)}\n"
    ".tcp{color:var(--tcp);fill:var(--tcp);stroke:var(--tcp)}\n"
    ".udp{color:var(--udp);fill:var(--udp);stroke:var(--udp)}\n"
    ".icmp{color:var(--icmp);fill:var(--icmp);stroke:var(--icmp)}\n"
    ".ip{color:var(--ip);fill:var(--ip);stroke:var(--ip)}\n"
    ".no-ip{color:var(--no-ip);fill:var(--no-ip);stroke:var(--no-ip)}\n"
    ".peaks{color:var(--peaks);fill:var(--line);stroke:var(--peaks)}\n"
    ".key.peaks{background:var(--line);box-shadow:inset 0 0 0 1px var(--peaks)}\n"
    ".rx{color:var(--rx);fill:var(--rx)}.tx{color:var(--tx);fill:var(--tx)}\n"
    ".other{color:var(--bar);fill:var(--bar)}\n";

static const char TABLES[] =
    ".scroll{overflow-x:auto}\n"
    "table{width:100%;border-collapse:collapse}\n"
    "th,td{padding:.4rem .75rem;border-bottom:1px solid var(--line);text-align:left;"
    "vertical-align:baseline}\n"
    "th:first-child,td:first-child{padding-left:0}th:last-child,td:last-child{padding-right:0}\n"
    "thead th{font-size:.875rem;font-weight:600;color:var(--quiet);white-space:nowrap;"
    "vertical-align:bottom}\n"
    "tbody th{font-weight:400}.a{overflow-wrap:anywhere;min-width:16ch}\n"
    ".layer th{padding-top:1.1rem;font-size:.875rem;color:var(--quiet)}\n"
    ".n{text-align:right;white-space:nowrap}\n"
    ".help{color:var(--quiet);font-size:.875rem}\n"
    "td.n span{display:inline-block;min-width:2.1em;text-align:left;color:var(--quiet)}\n"
    ".b{width:34%;min-width:7rem}\n"
    ".bar{display:block;width:100%;height:.7rem;border-radius:.15rem;background:var(--track);"
    "shape-rendering:crispEdges}\n"
    ".bar rect{stroke:none}\n"
    "details{margin-top:.75rem}summary{cursor:pointer;font-size:.875rem;color:var(--quiet)}\n"
    "footer{margin-top:3rem;padding-top:1rem;border-top:1px solid var(--line);"
    "font-size:.875rem}\n"
    ":focus-visible{outline:2px solid var(--rx);outline-offset:2px}\n";

static const char NARROW[] =
    "@media (max-width:44rem){body{padding:1.25rem 1rem 2rem}h1{font-size:1.4rem}\n"
    ".figures{grid-template-columns:1fr 1fr;gap:1rem}.figures "
    "dd:nth-of-type(1){font-size:1.25rem}\n"
    ".plot{padding:.6rem 1.25rem 2.25rem 5.5rem}.graph{height:13rem}.times .second{display:none}\n"
    ".b{display:none}table{font-size:.875rem}th,td{padding:.4rem .3rem}\n"
    ".help{min-width:9rem}}\n";

static const char PAPER[] =
    "@media print{@page{margin:1.5cm}html{font-size:10pt}body{padding:0;max-width:none}\n"
    ".graph,.bar,.key{-webkit-print-color-adjust:exact;print-color-adjust:exact}\n"
    "h2{break-after:avoid}figure,tr,.figures,.note{break-inside:avoid}thead{display:table-header-"
    "group}\n"
    "details{display:none}.scroll{overflow:visible}.graph{height:6cm}}\n";

void weir_html_style(const weir_html_t *html)
{
    static const char *const parts[] = {PAGE, FINDINGS, FIGURES, GRAPH, TABLES, NARROW, PAPER};
    weir_buf_puts(html->buf, "<style>\n");
    for (size_t i = 0; i < WEIR_COUNT(parts); i++)
        weir_buf_puts(html->buf, parts[i]);
    weir_buf_puts(html->buf, "</style>\n");
}
