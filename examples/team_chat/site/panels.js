// The panels of a narrow page: a button opens each, and its own button, Escape and the shade close it.

import { at } from './elements.js';

const panels = [['show-rooms', 'rooms'], ['show-people', 'people']]
  .map(([button, panel]) => ({ button: at(button), panel: at(panel) }));

function set({ button, panel }, open) {
  panel.classList.toggle('open', open);
  button.ariaExpanded = String(open);
}

export function closePanels() {
  const open = panels.find(({ panel }) => panel.classList.contains('open'));
  panels.forEach(one => set(one, false));
  at('shade').hidden = true;
  open?.button.focus();
}

for (const one of panels) {
  one.button.onclick = () => {
    if (one.panel.classList.contains('open')) return closePanels();
    panels.forEach(other => set(other, other === one));
    at('shade').hidden = false;
    one.panel.querySelector('.close').focus();
  };
  one.panel.querySelector('.close').onclick = closePanels;
}
at('shade').onclick = closePanels;
addEventListener('keydown', event => {
  if (event.key === 'Escape') closePanels();
});
