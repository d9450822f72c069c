// The page's own words in both languages; what the phones show comes from the bot.
const WORDS = {
  zh: {
    title: "去向 · 演示", product: "去向", skip: "跳到手机", tongue: "界面语言", phones: "手机",
    leap_now: "现在", leap_hour: "+1小时", leap_day: "+1天",
    leap_0717: "7月17日", leap_0801: "8月1日", leap_0830: "8月30日",
    about_now: "看一眼现在的时间，并回到最新消息", about_hour: "让产品的时间前进一小时", about_day: "让产品的时间前进一天",
    about_0717: "前进到7月17日 10:00", about_0801: "前进到8月1日 10:00", about_0830: "前进到8月30日 10:00",
    earlier_clock: "时间只能向前走：{when}已经过去了。想从头再看，请重新启动演示。",
    start: "开始", write: "写消息", send: "发送", attach: "发送文件或图片", more: "更多操作",
    block: "屏蔽机器人", unblock: "解除屏蔽", blocked: "这部手机已屏蔽机器人，收不到新消息。",
    edited: "已编辑", unread: "有新消息", newest: "新消息", hidden_text: "点按显示",
    share_contact: "分享手机号", keyboard: "快捷回复", buttons: "消息按钮", photo: "图片", messages: "与机器人的对话",
    open_link: "在新标签页打开", sending_file: "正在发送 {name}…",
    lost: "与演示服务的连接断开了，正在重新连接…", back: "连接已恢复。",
    failed: "没有成功：演示服务没有回应。请再试一次。",
    stale: "这个按钮已经不在了，请看最新的消息。", too_large: "文件超过 20 MB，机器人收不了这么大的文件。",
    empty: "没有内容可以发送。", unknown_phone: "没有这部手机，请刷新页面。", wrong_request: "页面发出的请求不完整，请刷新页面。",
    no_number: "这部手机没有可以分享的号码。", copied: "已复制。", shared_contact: "本人手机号",
  },
  en: {
    title: "Quxiang · demo", product: "Quxiang", skip: "Skip to the phones", tongue: "Language of this page", phones: "Phones",
    leap_now: "Now", leap_hour: "+1 hour", leap_day: "+1 day",
    leap_0717: "17 Jul", leap_0801: "1 Aug", leap_0830: "30 Aug",
    about_now: "Read the time again and go to the newest messages", about_hour: "Move the product's time on by an hour",
    about_day: "Move the product's time on by a day", about_0717: "Move on to 17 July, 10:00",
    about_0801: "Move on to 1 August, 10:00", about_0830: "Move on to 30 August, 10:00",
    earlier_clock: "Time only moves forward, and {when} is past. To see it again, restart the demo.",
    start: "Start", write: "Message", send: "Send", attach: "Send a file or picture", more: "More",
    block: "Block the bot", unblock: "Unblock", blocked: "This phone has blocked the bot and receives nothing new.",
    edited: "edited", unread: "new messages", newest: "New messages", hidden_text: "Press to show",
    share_contact: "Share phone number", keyboard: "Quick replies", buttons: "Message buttons", photo: "Picture",
    messages: "Chat with the bot", open_link: "Opens in a new tab", sending_file: "Sending {name}…",
    lost: "The demo stopped answering; reconnecting…", back: "Connected again.",
    failed: "That did not work: the demo did not answer. Please try again.",
    stale: "That button is gone; please look at the newest message.", too_large: "The file is over 20 MB, more than the bot can receive.",
    empty: "There is nothing to send.", unknown_phone: "There is no such phone; please reload the page.",
    wrong_request: "The page's request was incomplete; please reload.",
    no_number: "This phone has no number to share.", copied: "Copied.", shared_contact: "Own phone number",
  },
};

const WEEKDAYS = { zh: "日一二三四五六", en: ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"] };
const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

let tongue = remembered() === "en" ? "en" : "zh";

function remembered() {
  try {
    return localStorage.getItem("quxiang-tongue");
  } catch {
    return null;
  }
}

export function currentTongue() {
  return tongue;
}

export function speak(next) {
  tongue = next;
  try {
    localStorage.setItem("quxiang-tongue", next);
  } catch {
    // A browser that keeps nothing simply starts in Chinese next time.
  }
}

export function say(word, facts = {}) {
  const sentence = WORDS[tongue][word] ?? word;
  return sentence.replace(/\{(\w+)\}/g, (_, name) => facts[name] ?? "");
}

export function knows(word) {
  return Object.hasOwn(WORDS[tongue], word);
}

// Instants arrive as local ISO text of the school's zone: 2024-07-08T10:00.
export function dayOf(instant) {
  const [year, month, day] = instant.slice(0, 10).split("-").map(Number);
  const weekday = WEEKDAYS[tongue][new Date(Date.UTC(year, month - 1, day)).getUTCDay()];
  return tongue === "zh" ? `${month}月${day}日（周${weekday}）` : `${weekday} ${day} ${MONTHS[month - 1]}`;
}

export function hourOf(instant) {
  return instant.slice(11, 16);
}

export function whenOf(instant) {
  return `${dayOf(instant)}${tongue === "zh" ? "" : ", "}${hourOf(instant)}`;
}

export function yearOf(instant) {
  return tongue === "zh" ? `${instant.slice(0, 4)}年` : instant.slice(0, 4);
}

export function translate(root = document) {
  document.documentElement.lang = tongue === "zh" ? "zh-CN" : "en";
  document.title = say("title");
  for (const node of root.querySelectorAll("[data-word]")) node.textContent = say(node.dataset.word);
  for (const node of root.querySelectorAll("[data-word-label]")) {
    node.setAttribute("aria-label", say(node.dataset.wordLabel));
    if (node.matches("button:not([data-tongue]), label")) node.title = say(node.dataset.wordLabel);
  }
  for (const node of root.querySelectorAll("[data-word-hint]")) node.placeholder = say(node.dataset.wordHint);
}
