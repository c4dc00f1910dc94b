// What is new, on every page: asked for by a clock, told by a line, the title, a sound, the browser; and who looks at an incident.
//
// These requests say that no person made them (x-kentongan-sendiri): an open page keeps nobody logged in.
const EVERY_MS = 10_000;
const SLOWEST_MS = 120_000;
const BEAT_MS = 20_000;
const STATE = 'kabar';
const SOUND = 'bunyi';
const token = document.querySelector('meta[name="csrf"]')?.content;
const line = document.getElementById('kabar-baru');
const title = document.title;
const headers = { 'x-kentongan-sendiri': '1', accept: 'application/json' };

const recall = (store, name) => {
  try {
    return store.getItem(name);
  } catch {
    return null;
  }
};
const remember = (store, name, value) => {
  try {
    store.setItem(name, value);
  } catch {
    // A browser that keeps nothing: it is asked anew on the next page.
  }
};

// The state goes from page to page within a tab: what came while a page was left is told on the next one.
let state = { since: '', count: 0, urgent: 0 };
try {
  state = { ...state, ...JSON.parse(recall(sessionStorage, STATE) ?? '{}') };
} catch {
  // Somebody else's words under our name: begin anew.
}
const queue = document.getElementById('antrean');
if (queue) state = { since: queue.dataset.since, count: 0, urgent: 0 };
let wait = EVERY_MS;

const keep = () => remember(sessionStorage, STATE, JSON.stringify(state));

const tell = () => {
  document.title = state.urgent ? `(${state.urgent}) ${title}` : title;
  if (!line) return;
  line.hidden = !state.count;
  if (!state.count) return;
  line.querySelector('[data-count]').textContent = String(state.count);
  line.classList.toggle('urgent', state.urgent > 0);
};

const unread = (count) => {
  for (const badge of document.querySelectorAll('[data-unread]')) {
    badge.textContent = count > 99 ? '99+' : String(count);
    badge.hidden = !count;
  }
};

const hands = (place, told) => {
  const holder = place.querySelector('[data-holder]');
  const others = place.querySelector('[data-others]');
  const said = (element, words, names) => {
    if (!element) return;
    element.hidden = !names;
    if (element.dataset.told === names) return;
    element.dataset.told = names;
    const name = document.createElement('bdi');
    name.textContent = names;
    element.replaceChildren(words, ' ', name);
  };
  const root = document.getElementById('kabar-baru');
  if (holder && !told.milik_saya) {
    holder.classList.remove('on');
    said(holder, root?.dataset.working ?? '', told.pemegang);
  } else if (holder) {
    holder.hidden = false;
    holder.classList.add('on');
    if (holder.dataset.told !== '=') holder.textContent = root?.dataset.mine ?? told.pemegang;
    holder.dataset.told = '=';
  }
  said(others, root?.dataset.looking ?? '', told.melihat.join(', '));
};

const row = (number, told) => {
  const place = document.getElementById(`k${number}`);
  if (!place) return;
  hands(place, told);
  const status = place.querySelector('[data-status]');
  if (status && !status.classList.contains(`status-${told.status}`)) {
    status.className = `status status-${told.status}`;
    status.textContent = told.status_nama;
  }
};

// A wooden slit drum, struck twice: two short tones that die away, made here and not loaded.
let sounds = null;
const strike = (at, pitch) => {
  const tone = sounds.createOscillator();
  const loud = sounds.createGain();
  tone.type = 'triangle';
  tone.frequency.setValueAtTime(pitch, at);
  tone.frequency.exponentialRampToValueAtTime(pitch * 0.8, at + 0.18);
  loud.gain.setValueAtTime(0.0001, at);
  loud.gain.exponentialRampToValueAtTime(0.6, at + 0.008);
  loud.gain.exponentialRampToValueAtTime(0.0001, at + 0.22);
  tone.connect(loud).connect(sounds.destination);
  tone.start(at);
  tone.stop(at + 0.25);
};
const sound = () => {
  if (recall(localStorage, SOUND) !== 'hidup' || !('AudioContext' in window)) return;
  sounds ??= new AudioContext();
  sounds.resume().then(() => [0, 0.28].forEach((after, index) => strike(sounds.currentTime + after, index ? 520 : 660))).catch(() => {});
};

const notify = (news) => {
  if (!('Notification' in window) || Notification.permission !== 'granted' || document.visibilityState === 'visible') return;
  for (const one of news.slice(0, 3)) {
    const note = new Notification(`${one.urgensi} · Kentongan`, { body: one.judul, tag: `kejadian-${one.id}` });
    note.addEventListener('click', () => {
      window.focus();
      location.href = `/kejadian/${one.id}`;
    });
  }
};

const take = (told) => {
  const fresh = Object.values(told.jumlah).reduce((sum, count) => sum + count, 0);
  const urgent = told.baru.filter((one) => one.penting);
  if (told.mulai_lagi) state.count += 1;
  state = {
    since: told.sejak,
    count: state.count + fresh,
    urgent: state.urgent + (told.jumlah.P1 ?? 0) + (told.jumlah.P2 ?? 0),
  };
  keep();
  tell();
  unread(told.belum_dibaca);
  for (const [number, words] of Object.entries(told.baris)) row(number, words);
  if (urgent.length) {
    sound();
    notify(urgent);
  }
  document.dispatchEvent(new CustomEvent('kabar', { detail: told }));
};

// Clocks go on while a page stays open.
const clocks = (now) => {
  for (const clock of document.querySelectorAll('.clock[data-due]')) {
    const left = Math.trunc((Date.parse(clock.dataset.due) - now) / 60_000);
    const was = Number(clock.dataset.left ?? NaN);
    if (left === was) continue;
    if (!Number.isNaN(was) && line) {
      const late = Date.parse(clock.dataset.due) < now;
      const minutes = Math.abs(left);
      const long = minutes < 60 ? `${minutes} ${line.dataset.minutes}` : minutes < 1440 ? `${Math.trunc(minutes / 60)} ${line.dataset.hours}` : `${Math.trunc(minutes / 1440)} ${line.dataset.days}`;
      clock.textContent = late ? `${line.dataset.late} ${long}` : `${long} ${line.dataset.left}`;
      clock.classList.toggle('late', late);
      clock.classList.toggle('soon', !late && left <= Number(clock.dataset.soon ?? 15));
    }
    clock.dataset.left = String(left);
  }
};

const look = async () => {
  const asked = new URLSearchParams();
  if (state.since !== '') asked.set('sejak', state.since);
  const shown = [...document.querySelectorAll('#daftar > li[data-number]')].map((one) => one.dataset.number);
  if (shown.length) asked.set('baris', shown.slice(0, 200).join(','));
  try {
    const answer = await fetch(`/antrean/kabar?${asked}`, { headers, redirect: 'manual' });
    // A session that has ended answers with the way to the login: nothing more is to be had here.
    if (answer.type === 'opaqueredirect' || answer.status === 401 || answer.status === 403) return;
    if (!answer.ok) throw new Error(String(answer.status));
    const told = await answer.json();
    take(told);
    clocks(Date.parse(told.waktu));
    wait = EVERY_MS;
  } catch {
    wait = Math.min(wait * 2, SLOWEST_MS);
  }
  setTimeout(look, wait);
};

// Who has this incident before them.
const place = document.getElementById('tangan');
let active = true;
const beat = async () => {
  const body = new URLSearchParams({ csrf: token, aktif: active ? '1' : '' });
  active = false;
  try {
    const answer = await fetch(`/kejadian/${place.dataset.incident}/hadir`, { method: 'POST', body, headers, redirect: 'manual' });
    if (answer.type === 'opaqueredirect' || answer.status === 404 || answer.status === 403) return;
    if (answer.ok) {
      const told = await answer.json();
      hands(place, told);
      document.dispatchEvent(new CustomEvent('hadir', { detail: told }));
    }
  } catch {
    // The next beat may get through.
  }
  setTimeout(beat, BEAT_MS);
};

// Sound and the browser's notices: off until somebody turns them on, and kept in this browser.
const switches = () => {
  for (const button of document.querySelectorAll('[data-sound-button]')) {
    const show = () => button.setAttribute('aria-pressed', String(recall(localStorage, SOUND) === 'hidup'));
    button.hidden = !('AudioContext' in window);
    show();
    button.addEventListener('click', () => {
      remember(localStorage, SOUND, recall(localStorage, SOUND) === 'hidup' ? '' : 'hidup');
      show();
      sound();
    });
  }
  for (const button of document.querySelectorAll('[data-notice-button]')) {
    const show = () => {
      button.hidden = !('Notification' in window) || Notification.permission === 'denied';
      button.setAttribute('aria-pressed', String('Notification' in window && Notification.permission === 'granted'));
    };
    show();
    button.addEventListener('click', () => Notification.requestPermission().then(show));
  }
};

if (token) {
  switches();
  tell();
  keep();
  look();
  // After an action the list is exchanged and knows more than we told: what it shows is not new any more.
  document.addEventListener('htmx:afterSettle', () => {
    const now = document.getElementById('antrean');
    if (!now) return;
    state = { ...state, since: String(Math.max(Number(state.since), Number(now.dataset.since))), count: 0, urgent: 0 };
    keep();
    tell();
  });
  if (place) {
    for (const kind of ['pointerdown', 'keydown']) document.addEventListener(kind, () => { active = true; }, { passive: true });
    addEventListener('pagehide', () => navigator.sendBeacon(`/kejadian/${place.dataset.incident}/pergi`, new URLSearchParams({ csrf: token })));
    beat();
  }
}
