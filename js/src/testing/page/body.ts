// The HTML of the page before its script fills it. `data-text` and `data-label` name the texts of each language.

const head = (name: string, more = '') =>
  `<div class="head"><h2 id="${name}-title" tabindex="-1"><span data-text="${name}"></span> <b id="${name}-count">0</b></h2>${more}</div>`;

/** A column is the name of its text, and a class after a dot. */
const column = (one: string) => {
  const [name = '', className = ''] = one.split('.');
  return `<th scope="col" class="${className}"><span data-text="${name}"${className === 'act' ? ' class="hidden"' : ''}></span></th>`;
};

const table = (name: string, columns: string, empty: string) =>
  `<section aria-labelledby="${name}-title">${head(name)}<div class="scroll" id="${name}-scroll" hidden><table id="${name}"><thead><tr>${columns.split(' ').map(column).join('')}</tr></thead><tbody></tbody></table></div><p class="empty" id="${name}-empty" data-text="${empty}"></p></section>`;

const card = (name: string, title: string, content: string, hint = `${name}Hint`) =>
  `<section aria-labelledby="${name}-card"><div class="head"><h2 id="${name}-card">${title}</h2></div><div class="card"><p class="hint" data-text="${hint}"></p>${content}</div></section>`;

const titled = (name: string) => `<span data-text="${name}"></span>`;

const field = (name: string, control: string) => `<label>${titled(name)}${control}</label>`;

const BILL_TYPES = [
  ['ALL', 'ALL'],
  ['SUCCESS', 'paidOnly'],
  ['REFUND', 'refundedOnly'],
].map(([type, name]) => `<option value="${type}" data-text="${name}"></option>`);

/** The body, without the script. */
export const PAGE_BODY = `<body>
<header><h1>paysign gateway <small data-text="sub"></small></h1><span id="link" role="status"></span>
<div class="facts"><span>${titled('clock')} <b id="clock"></b></span><button id="seed" data-text="seed"></button><a href="/doctor/" data-text="doctor"></a></div><button id="lang" data-text="other" data-label="otherLabel"></button></header>
<main>
<section id="start" aria-labelledby="start-title" hidden><div class="head"><h2 id="start-title" data-text="start"></h2></div><div class="card"><p class="hint" data-text="startHint"></p><div id="start-lines"></div></div></section>
${table('orders', 'state amount.money order merchant age actions.act', 'noOrders')}
${table('notices', 'result number attempts next actions.act', 'noNotices')}
${table('refunds', 'state amount.money refund order refunded', 'noRefunds')}
${table('calls', 'result call merchant time actions.act', 'noCalls')}
<div class="cards">
${card('clock', titled('clockTitle'), '<p class="now"><b id="clock-now"></b></p><div class="buttons" id="turns"></div>')}
${card('login', titled('login'), `<form id="login">${field('AppID', '<select id="appid"></select>')}${field('openid', '<input id="openid" value="oUpF8uMuAJO_M2pxb1Q9zNjWeS6o" size="30" spellcheck="false">')}<div class="buttons"><button class="main" data-text="getCode"></button><button type="button" id="phone" data-text="getPhone"></button></div></form><p class="code-line"><span id="code" role="status"></span><button class="small" id="code-copy" data-text="copy" hidden></button></p>`)}
${card('faults', `${titled('faults')} <b id="faults-count">0</b>`, '<div class="faults"><fieldset><legend data-text="faultCalls"></legend><div id="fault-calls"></div></fieldset><fieldset><legend data-text="faultNotices"></legend><div id="fault-notices"></div></fieldset></div>')}
${card('bill', titled('bill'), `<form id="bill-form">${field('merchant', '<select id="bill-merchant"></select>')}${field('day', '<input id="bill-day" type="date" required>')}${field('kind', `<select id="bill-type">${BILL_TYPES.join('')}</select>`)}<button class="main" data-text="fetch"></button></form><div id="bill-text" class="text" hidden></div>`)}
</div>
<div id="menu" popover role="menu"></div></main>
<dialog id="part" aria-labelledby="part-title"><form id="part-form"><h2 id="part-title" data-text="partTitle"></h2><p class="mono" id="part-number"></p><label for="part-amount" id="part-label"></label><input id="part-amount" inputmode="decimal" autocomplete="off" aria-describedby="part-bad"><p id="part-bad" role="alert"></p><div class="buttons"><button class="main" data-text="refund"></button><button type="button" id="part-cancel" data-text="cancel"></button></div></form></dialog>
<div id="said" role="status"></div></body>`;
