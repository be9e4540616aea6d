// The page of the rooms. The part of the address after `#` names the room.

import { connect } from './connection.js';
import { at, avatar, element } from './elements.js';
import { Log } from './log.js';
import { closePanels } from './panels.js';

const FIRST_ROOM = 'general';
const log = new Log(at('log'));
const scroller = at('scroller');
let room;
let connection;
let me = '';
let present = new Set();
let missed = 0;
let loading = false;

const on = {
  welcome({ user, present: users, history }) {
    me = user;
    present = new Set(users);
    at('me').textContent = user;
    avatar(user, at('my-avatar'));
    log.welcome(history);
    at('older').hidden = !history.more && log.oldest === history.posts[0]?.id;
    loading = false;
    showPeople();
    toNewest();
  },
  said(post) {
    const mine = post.author === me;
    keepPlace(() => log.append(post), mine);
    if (document.hidden && !mine) missed += 1;
    showTitle();
  },
  older({ posts, more }) {
    const height = scroller.scrollHeight - scroller.scrollTop;
    log.prepend(...posts);
    at('older').hidden = !more;
    scroller.scrollTop = scroller.scrollHeight - height;
    loading = false;
  },
  joined({ user }) {
    present.add(user);
    keepPlace(() => log.news(`${user} joined`));
    showPeople();
  },
  left({ user }) {
    present.delete(user);
    keepPlace(() => log.news(`${user} left`));
    showPeople();
  },
  refused({ reason }) {
    at('problem').textContent = reason;
  },
};

function enter() {
  const name = decodeURIComponent(location.hash.slice(1)) || FIRST_ROOM;
  if (name === room || !/^[a-z0-9-]{1,32}$/.test(name)) return;
  room = name;
  connection?.close();
  log.clear();
  present = new Set();
  at('older').hidden = true;
  at('problem').textContent = '';
  at('room-title').textContent = `# ${room}`;
  at('text').setAttribute('aria-label', `Message to ${room}`);
  at('text').placeholder = `Message to #${room}`;
  showTitle();
  showPeople();
  connection = connect(room, { message: message => on[message.type]?.(message), state: showState });
  closePanels();
}

function showState(state, wait, reason) {
  at('state').textContent = state === 'open' ? ''
    : `Connection ${reason ? `closed: ${reason}` : 'lost'}. Next attempt in ${Math.ceil(wait / 1000)} s.`;
  at('send').disabled = state !== 'open';
}

function showTitle() {
  document.title = `${missed ? `(${missed}) ` : ''}#${room} · Team chat`;
}

function showPeople() {
  const people = [...present].sort().map(user => {
    const line = element('li');
    line.append(avatar(user), element('span', '', user));
    if (user === me) line.append(element('span', 'you', '(you)'));
    return line;
  });
  at('people-list').replaceChildren(...people);
  at('count').textContent = present.size;
  showRooms();
}

async function showRooms() {
  const response = await fetch('/api/rooms').catch(() => null);
  if (response?.status === 401) return location.reload();
  const rooms = response?.ok ? await response.json() : [];
  if (!rooms.some(({ name }) => name === room)) rooms.push({ name: room, present: [...present] });
  const focused = document.activeElement?.getAttribute('href');
  at('room-list').replaceChildren(...rooms.map(({ name, present }) => {
    const link = element('a');
    link.href = `#${name}`;
    if (name === room) link.ariaCurrent = 'page';
    link.append(element('span', 'name', name));
    if (present.length) {
      link.append(element('span', 'some', present.length), element('span', 'hidden-label', ' present'));
    }
    const line = element('li');
    line.append(link);
    return line;
  }));
  if (focused) at('room-list').querySelector(`[href="${focused}"]`)?.focus();
}

/** Changes the log, and follows its end if it was in view. */
function keepPlace(change, follow = false) {
  const atEnd = scroller.scrollHeight - scroller.scrollTop - scroller.clientHeight < 80;
  change();
  if (atEnd || follow) toNewest();
  else at('newest').hidden = false;
}

function toNewest() {
  scroller.scrollTop = scroller.scrollHeight;
  at('newest').hidden = true;
}

function older() {
  if (loading || at('older').hidden) return;
  loading = connection.send({ type: 'older', before: log.oldest });
}

function fit() {
  at('text').style.height = 'auto';
  at('text').style.height = `${at('text').scrollHeight + 2}px`;
}

at('say').onsubmit = event => {
  event.preventDefault();
  at('problem').textContent = '';
  if (!at('text').value.trim()) return;
  if (connection.send({ type: 'say', text: at('text').value })) {
    at('text').value = '';
    fit();
  } else {
    at('problem').textContent = 'Not sent: there is no connection.';
  }
  at('text').focus();
};
at('text').oninput = fit;
at('text').onkeydown = event => {
  if (event.key === 'Enter' && !event.shiftKey && !event.isComposing) {
    event.preventDefault();
    at('say').requestSubmit();
  }
};
at('new-room').onsubmit = event => {
  event.preventDefault();
  location.hash = at('room-name').value;
  at('room-name').value = '';
};
at('skip').onclick = event => {
  event.preventDefault();
  at('text').focus();
};
at('older').onclick = older;
at('newest').onclick = toNewest;
scroller.onscroll = () => {
  if (scroller.scrollTop < 40) older();
  if (scroller.scrollHeight - scroller.scrollTop - scroller.clientHeight < 80) at('newest').hidden = true;
};
document.onvisibilitychange = () => {
  if (document.hidden) return;
  missed = 0;
  showTitle();
  showRooms();
};
addEventListener('hashchange', enter);
enter();
