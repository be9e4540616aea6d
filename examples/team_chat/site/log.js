// The list of posts. Everything from users is set as text, never as HTML.

import { avatar, element } from './elements.js';

const SAME_AUTHOR = 5 * 60_000;
const days = new Intl.DateTimeFormat(undefined, { weekday: 'long', day: 'numeric', month: 'long' });
const times = new Intl.DateTimeFormat(undefined, { hour: '2-digit', minute: '2-digit' });

/** The posts of one room in `list`, in the order of their numbers. */
export class Log {
  #list;
  #posts = [];

  constructor(list) {
    this.#list = list;
    this.clear();
  }

  get oldest() {
    return this.#posts[0]?.id;
  }

  clear() {
    this.#posts = [];
    this.#list.replaceChildren(element('p', 'empty', 'No messages yet. Say hello!'));
  }

  /** Shows the end of the history. Keeps what is there if nothing is missing between the two. */
  welcome({ posts }) {
    const latest = this.#posts.at(-1)?.id;
    const joins = posts.some(post => post.id === latest);
    if (!joins) this.clear();
    this.append(...posts.filter(post => !joins || post.id > latest));
  }

  append(...posts) {
    if (posts.length === 0) return;
    this.#list.querySelector('.empty')?.remove();
    for (const post of posts) {
      this.#list.append(...this.#lines(post, this.#posts.at(-1)));
      this.#posts.push(post);
    }
  }

  prepend(...posts) {
    const [first] = this.#posts;
    const lines = posts.flatMap((post, at) => this.#lines(post, posts[at - 1]));
    if (first) {
      // What follows an older post may now be of the same day and author.
      const begin = this.#list.querySelector(`[data-id="${first.id}"]`);
      const day = begin.previousElementSibling;
      if (day?.classList.contains('day')) day.remove();
      begin.replaceWith(...this.#lines(first, posts.at(-1)));
    }
    this.#list.prepend(...lines);
    this.#posts.unshift(...posts);
  }

  /** A line about somebody who came or went. */
  news(text) {
    this.#list.append(element('p', 'news', text));
  }

  /** Returns the lines of a post that follows `before`. */
  #lines(post, before) {
    const sent = new Date(post.sent_at);
    const newDay = !before || new Date(before.sent_at).toDateString() !== sent.toDateString();
    const first = newDay || before.author !== post.author || post.sent_at - before.sent_at > SAME_AUTHOR;
    const line = element('div', first ? 'post first' : 'post');
    line.dataset.id = post.id;
    if (first) {
      const time = element('time', '', times.format(sent));
      time.dateTime = sent.toISOString();
      const by = element('p', 'by');
      by.append(element('span', 'author', post.author), time);
      line.append(avatar(post.author), by);
    }
    line.append(element('p', 'text', post.text));
    return newDay ? [element('p', 'day', days.format(sent)), line] : [line];
  }
}
