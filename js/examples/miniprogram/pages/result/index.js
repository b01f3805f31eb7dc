// The page of an order: the result by a few queries of the server, and the request of a refund.
const { ask } = require('../../utils/server');
const yuan = require('../../utils/yuan');

const TEXTS = {
  NOTPAY: '尚未支付',
  SUCCESS: '支付成功',
  REFUNDING: '退款处理中',
  REFUND: '已退款',
  CLOSED: '订单已关闭',
};

/** How often the server is asked. The phone may be wrong either way, so it is never less than twice. */
const ATTEMPTS = { ok: 6, others: 2 };
const PAUSE_MS = 1000;

Page({
  data: { title: '', price: '', state: '', text: '正在确认…', canPay: false, canRefund: false, isBusy: false },

  onLoad({ out_trade_no, status }) {
    this.out_trade_no = out_trade_no;
    /** What the phone says. It decides how long we wait, and nothing else. */
    this.saysPaid = status === 'ok';
    return this.wait(['SUCCESS', 'REFUNDING', 'REFUND', 'CLOSED'], this.saysPaid ? ATTEMPTS.ok : ATTEMPTS.others);
  },

  onUnload() {
    this.isLeft = true;
  },

  async onPullDownRefresh() {
    await this.wait([], 1);
    wx.stopPullDownRefresh();
  },

  /** Asks until the order has one of the states, or the attempts are over. */
  async wait(states, attempts) {
    for (let attempt = 1; !this.isLeft; attempt += 1) {
      try {
        const order = await ask(`/orders/${this.out_trade_no}`);
        this.show(order);
        if (states.includes(order.state)) return;
      } catch (error) {
        if (attempt >= attempts) wx.showToast({ title: error.message, icon: 'none' });
      }
      if (attempt >= attempts) return;
      await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
    }
  },

  show({ title, total_fee, state }) {
    const isUnsure = state === 'NOTPAY' && this.saysPaid;
    this.setData({
      title,
      price: yuan(total_fee),
      state,
      text: isUnsure ? '正在确认支付结果，请稍后下拉刷新' : TEXTS[state],
      canPay: state === 'NOTPAY' && !isUnsure,
      canRefund: state === 'SUCCESS',
    });
  },

  /** The goods are still the same order there, so nothing is paid twice. */
  payAgain() {
    wx.navigateBack();
  },

  refund() {
    if (this.data.isBusy) return undefined;
    return new Promise((resolve) => {
      wx.showModal({
        title: '申请退款',
        content: `退回 ¥${this.data.price}，钱款原路退还`,
        success: ({ confirm }) => resolve(confirm ? this.refundNow() : undefined),
        fail: () => resolve(),
      });
    });
  },

  async refundNow() {
    this.setData({ isBusy: true });
    try {
      this.show(await ask(`/orders/${this.out_trade_no}/refund`, 'POST'));
      await this.wait(['REFUND'], ATTEMPTS.ok);
    } catch (error) {
      wx.showToast({ title: error.message, icon: 'none' });
    }
    this.setData({ isBusy: false });
  },
});
