// The gateway's page before its script fills it: the HTML and the style.

/** The style as one text, since the page's policy contains its hash. */
export const PAGE_STYLE = `
:root { --ink: #1d2433; --soft: #667085; --line: #e4e7ec; --ground: #f5f6f8; --green: #07a454; --amber: #b25e02; --red: #c4281c; --blue: #2457c5; }
* { box-sizing: border-box; }
body { margin: 0; background: var(--ground); color: var(--ink); font: 14px/1.5 system-ui, "PingFang SC", "Noto Sans CJK SC", "Microsoft YaHei", sans-serif; }
header { background: #fff; border-bottom: 1px solid var(--line); padding: 14px 28px; display: flex; align-items: center; gap: 20px; flex-wrap: wrap; }
h1 { font-size: 19px; margin: 0; }
h1 small, h2 small { color: var(--soft); font-weight: 400; font-size: .85em; margin-left: 6px; }
header .facts { color: var(--soft); margin-left: auto; display: flex; gap: 18px; align-items: center; font-size: 13px; }
#link { font-weight: 600; } #link.up { color: var(--green); } #link.down { color: var(--red); }
main { max-width: 1280px; margin: 0 auto; padding: 20px 28px 90px; display: grid; gap: 20px; }
section { background: #fff; border: 1px solid var(--line); border-radius: 10px; overflow: hidden; }
.head { display: flex; align-items: center; gap: 12px; padding: 12px 18px; border-bottom: 1px solid var(--line); flex-wrap: wrap; }
.head > :last-child:not(h2) { margin-left: auto; }
h2 { font-size: 16px; margin: 0; }
h2 b { font-weight: 600; background: var(--ground); border-radius: 10px; padding: 1px 9px; font-size: 12px; margin-left: 8px; color: var(--soft); }
.scroll { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; }
th { text-align: left; font-weight: 600; font-size: 12px; color: var(--soft); padding: 8px 18px 6px; white-space: nowrap; }
td { border-top: 1px solid var(--line); padding: 9px 18px; vertical-align: top; }
td .sub { color: var(--soft); font-size: 12px; max-width: 34em; overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
td.money, th.money { text-align: right; white-space: nowrap; font-variant-numeric: tabular-nums; }
td.money { font-weight: 650; font-size: 15px; }
td.money .sub { font-weight: 400; }
td.number { font-family: ui-monospace, monospace; font-size: 13px; overflow-wrap: anywhere; min-width: 12em; }
td.number .sub { font-family: system-ui, "PingFang SC", "Noto Sans CJK SC", sans-serif; }
td.age { white-space: nowrap; color: var(--soft); }
td.act { text-align: right; } #orders td.act { min-width: 15em; } td.act button { white-space: nowrap; margin-bottom: 4px; }
.empty { padding: 22px 18px; color: var(--soft); }
.badge { display: inline-block; border-radius: 6px; padding: 2px 9px; font-weight: 600; font-size: 12.5px; white-space: nowrap; background: #eef0f4; color: #475467; }
.badge.good { background: #e3f6ec; color: #067a41; } .badge.wait { background: #fdf1dc; color: var(--amber); }
.badge.info { background: #e8eefb; color: var(--blue); } .badge.bad { background: #fbe6e4; color: var(--red); }
.badge.alarm { background: var(--red); color: #fff; }
button, select, input { font: inherit; border: 1px solid #ccd2dc; border-radius: 7px; background: #fff; color: var(--ink); padding: 4px 11px; }
button { cursor: pointer; margin-left: 6px; } button:hover { background: var(--ground); } button:disabled { opacity: .5; cursor: default; }
button.main { background: var(--green); border-color: var(--green); color: #fff; font-weight: 600; } button.main:hover { background: #068a47; }
button.danger { color: var(--red); border-color: #ebc0bc; }
:focus-visible { outline: 2px solid var(--blue); outline-offset: 2px; }
label { color: var(--soft); font-size: 13px; }
ol.attempts { min-width: 13em; margin: 0; padding: 0; list-style: none; font-size: 13px; } ol.attempts li { display: flex; gap: 8px; }
ol.attempts time { color: var(--soft); font-variant-numeric: tabular-nums; } ol.attempts .ok { color: #067a41; } ol.attempts .no { color: var(--red); overflow-wrap: anywhere; }
#said { position: fixed; left: 50%; bottom: 22px; transform: translateX(-50%); background: var(--ink); color: #fff; border-radius: 9px; padding: 10px 18px; max-width: 80vw; overflow-wrap: anywhere; box-shadow: 0 6px 24px #1d243340; }
#said:empty { display: none; } #said.bad { background: var(--red); }
#code { font-family: ui-monospace, monospace; font-size: 13px; user-select: all; }
form { display: flex; gap: 10px; align-items: center; flex-wrap: wrap; padding: 12px 18px; }
@media (max-width: 1180px) { td, th { padding-left: 9px; padding-right: 9px; } td.number { min-width: 9em; } td .sub { max-width: 15em; } button { padding-left: 8px; padding-right: 8px; } }
@media (max-width: 980px) {
  header, main { padding-left: 12px; padding-right: 12px; }
  thead { display: none; } table, tbody { display: block; }
  tr { display: flex; flex-wrap: wrap; gap: 4px 18px; align-items: baseline; border-top: 1px solid var(--line); padding: 10px 14px; }
  td { border: 0; padding: 0; } td.money { text-align: left; } td.act, #orders td.act { flex-basis: 100%; text-align: left; min-width: 0; } td.act button { margin: 4px 6px 0 0; }
}
`;

/** The HTML that the script fills. */
export const PAGE_BODY = `<body>
<header><h1>paysign gateway<small>本地微信支付</small></h1>
<div class="facts"><a href="/doctor/">Doctor 签名诊断</a><span>Clock 时钟 <b id="clock"></b></span><span>Seed 种子 <b id="seed"></b></span><span id="link" role="status"></span></div></header>
<main>
<section aria-labelledby="orders-title"><div class="head"><h2 id="orders-title">Orders<small>订单</small><b id="orders-count">0</b></h2></div>
<div class="scroll"><table id="orders"><thead><tr><th>State 状态</th><th class="money">Amount 金额</th><th>Order number 商户订单号</th><th>Merchant 商户号</th><th>Age 已创建</th><th></th></tr></thead><tbody></tbody></table></div>
<p class="empty" id="orders-empty">No orders yet. Place one from your client. 还没有订单，请用你的客户端下单。</p></section>
<section aria-labelledby="notices-title"><div class="head"><h2 id="notices-title">Notices<small>通知</small><b id="notices-count">0</b></h2>
<label>Kind of forgery 伪造方式 <select id="forgery"><option value="another key">another key 用别的密钥签名</option><option value="changed amount">changed amount 金额被篡改</option><option value="no signature">no signature 没有签名</option></select></label></div>
<div class="scroll"><table id="notices"><thead><tr><th>Result 结果</th><th>Kind 类型</th><th>Order or refund number 订单号或退款单号</th><th>Attempts 投递记录</th><th>Next attempt 下次重发</th><th></th></tr></thead><tbody></tbody></table></div>
<p class="empty" id="notices-empty">No notices yet. Pay an order to send one. 还没有通知，支付一笔订单就会发出。</p></section>
<section aria-labelledby="refunds-title"><div class="head"><h2 id="refunds-title">Refunds<small>退款</small><b id="refunds-count">0</b></h2></div>
<div class="scroll"><table id="refunds"><thead><tr><th>State 状态</th><th class="money">Amount 金额</th><th>Refund number 退款单号</th><th>Order number 商户订单号</th><th>Refunded at 到账时间</th></tr></thead><tbody></tbody></table></div>
<p class="empty" id="refunds-empty">No refunds yet. 还没有退款。</p></section>
<section aria-labelledby="calls-title"><div class="head"><h2 id="calls-title">Calls of APIv3<small>APIv3 请求</small><b id="calls-count">0</b></h2></div>
<div class="scroll"><table id="calls"><thead><tr><th>Status 状态码</th><th>Call 请求</th><th>Merchant 商户号</th><th>Time 时间</th></tr></thead><tbody></tbody></table></div>
<p class="empty" id="calls-empty">No calls of APIv3 yet. 还没有 APIv3 请求。</p></section>
<section aria-labelledby="refused-title"><div class="head"><h2 id="refused-title">Wrong signatures<small>签名错误</small><b id="refused-count">0</b></h2></div>
<div class="scroll"><table id="refused"><thead><tr><th>Mistake 错误</th><th>Cause and fix 原因与解决办法</th><th>Call and signed text 请求与待签名文本</th><th>Time 时间</th></tr></thead><tbody></tbody></table></div>
<p class="empty" id="refused-empty">No wrong signature yet. 还没有签名错误。</p></section>
<section aria-labelledby="login-title"><div class="head"><h2 id="login-title">Log in<small>登录 wx.login</small></h2></div>
<form id="login"><label>AppID <select id="appid"></select></label><label>openid <input id="openid" value="oUpF8uMuAJO_M2pxb1Q9zNjWeS6o" size="32"></label><button class="main">Get js_code 获取 js_code</button><button type="button" id="phone">Get phone code 获取手机号 code</button><span id="code" role="status"></span></form></section>
</main><div id="said" role="status"></div></body>`;
