// Small elements. A text is always `textContent`, so that no text of a user is read as HTML.

export const at = id => document.getElementById(id);

export function element(name, className = '', text = '') {
  const made = document.createElement(name);
  if (className) made.className = className;
  made.textContent = text;
  return made;
}

/** The initial of a user on a colour that belongs to the name. */
export function avatar(user, made = element('span', 'avatar')) {
  const sum = Array.from(user).reduce((sum, letter) => sum * 31 + letter.codePointAt(0), 7);
  made.textContent = Array.from(user)[0] ?? '?';
  made.dataset.hue = sum % 6;
  made.ariaHidden = 'true';
  return made;
}
