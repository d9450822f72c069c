// Small hands for building nodes; text only ever enters as text.
export function make(tag, attributes = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === false || value === null || value === undefined) continue;
    node.setAttribute(name, value === true ? "" : value);
  }
  node.append(...children.filter((child) => child !== null && child !== undefined));
  return node;
}

const ICONS = {
  send: "M4.5 12 19.5 4.8 15.3 19.2 11.4 13.5zM11.4 13.5 19.5 4.8",
  clip: "M18.8 11.2 11.6 18.4a4.4 4.4 0 0 1-6.2-6.2l7.6-7.6a2.9 2.9 0 0 1 4.1 4.1l-7.5 7.5a1.4 1.4 0 0 1-2-2l6.9-6.9",
  more: "M12 5.5v.01M12 12v.01M12 18.5v.01",
  down: "M6 9.5 12 15.5 18 9.5",
  out: "M9 7h8v8M17 7 7 17",
  file: "M7 3.5h6.5L18 8v12.5H7zM13.5 3.5V8H18",
  phone: "M8 3.5h8a1 1 0 0 1 1 1v15a1 1 0 0 1-1 1H8a1 1 0 0 1-1-1v-15a1 1 0 0 1 1-1zM11 17.5h2",
};

export function icon(name) {
  const space = "http://www.w3.org/2000/svg";
  const svg = document.createElementNS(space, "svg");
  svg.setAttribute("viewBox", "0 0 24 24");
  svg.setAttribute("aria-hidden", "true");
  svg.setAttribute("class", `icon icon-${name}`);
  const path = document.createElementNS(space, "path");
  path.setAttribute("d", ICONS[name]);
  svg.append(path);
  return svg;
}
