// The page is complete without this: a theme, copying, one client lit, a chart's numbers by the arrow keys, and
// unfolding for print.
(() => {
  const root = document.documentElement;
  const all = selector => [...document.querySelectorAll(selector)];
  const make = (name, text, parent, act) => {
    const element = document.createElement(name);
    element.textContent = text;
    if (act) { element.type = 'button'; element.addEventListener('click', act); }
    parent.append(element);
    return element;
  };

  make('button', 'Light or dark', document.querySelector('header'), () => {
    const dark = root.dataset.theme ? root.dataset.theme === 'dark' : matchMedia('(prefers-color-scheme: dark)').matches;
    root.dataset.theme = dark ? 'light' : 'dark';
  });

  if (navigator.clipboard) for (const pre of all('pre')) {
    const heading = pre.previousElementSibling;
    const copy = make('button', 'Copy', heading.tagName === 'H3' ? heading : pre.parentNode, async () => {
      await navigator.clipboard.writeText(pre.textContent);
      copy.textContent = 'Copied';
      setTimeout(() => { copy.textContent = 'Copy'; }, 1500);
    });
  }

  // One client in its colour, the others faded, in every chart at once: by its name in a table, by its marks in a
  // chart.
  const clients = new Map(all('[data-client]').map(row => [row.querySelector('.name').firstChild.data, row.dataset.client]));
  const variables = [...clients.values()];
  for (const cell of all('th')) {
    const client = clients.get(cell.textContent);
    if (client) (cell.closest('thead') ? cell : cell.parentNode).dataset.client = client;
  }
  let lit;
  const light = client => {
    if (client === lit) return;
    lit = client;
    for (const variable of variables) {
      if (lit && variable !== lit) root.style.setProperty(variable, 'color-mix(in srgb, var(--chart-muted) 40%, var(--chart-paper))');
      else root.style.removeProperty(variable);
    }
    for (const place of all('[data-client]')) place.classList.toggle('lit', place.dataset.client === lit);
  };
  const worn = shape => {
    const named = shape.closest('[data-client]');
    if (named) return named.dataset.client;
    const coloured = shape.closest('[fill*="--chart-client"],[stroke*="--chart-client"]');
    const text = coloured && coloured.getAttribute('fill') + coloured.getAttribute('stroke');
    return variables.find(variable => text && text.includes(`(${variable})`));
  };
  document.addEventListener('pointerover', event => light(worn(event.target)));
  root.addEventListener('pointerleave', () => light());

  // The titles of a table's columns, the first under another with that one before it.
  const titles = ({ rows: [top, low] }) => {
    let next = 0;
    return [...top.cells].flatMap(cell => low && cell.rowSpan < 2
      ? Array.from({ length: cell.colSpan }, (_, i) => (i ? '' : cell.textContent + ' ') + low.cells[next++].textContent.toLowerCase())
      : cell.textContent);
  };
  const reads = new Set();
  for (const figure of all('figure')) {
    const chart = figure.querySelector('.chart');
    const table = figure.querySelector('table');
    if (!table) continue;
    reads.add(chart);
    const rows = table.tBodies[0].rows;
    const heads = titles(table.tHead);
    const readout = make('p', '', figure);
    readout.className = 'readout';
    readout.setAttribute('aria-live', 'polite');
    chart.after(readout);
    let at = -1;
    const show = (next, text) => {
      rows[at]?.classList.remove('read');
      at = next;
      const row = rows[at];
      light(row?.dataset.client);
      row?.classList.add('read');
      const [first, ...cells] = row ? [...row.cells].map(cell => cell.textContent) : [];
      const name = clients.has(first) ? first : `${heads[0]} ${first}`;
      // A new node each time, so that the same row is read out again.
      readout.replaceChildren(row ? `${name} – ${cells.map((cell, i) => `${heads[i + 1]}: ${cell}`).join(', ')}` : text);
    };
    // Where the chart scrolls sideways, that is what the keys for it do.
    const scrolls = () => chart.scrollWidth > chart.clientWidth;
    chart.addEventListener('focus', () => {
      if (chart.matches(':focus-visible')) show(-1, scrolls() ? '↓ and ↑ read the numbers.' : '→ and ← read the numbers.');
    });
    chart.addEventListener('blur', () => show(-1, ''));
    chart.addEventListener('keydown', event => {
      const [on, back] = scrolls() ? ['ArrowDown', 'ArrowUp'] : ['ArrowRight', 'ArrowLeft'];
      const next = { [on]: at + 1, [back]: at - 1, Enter: Math.max(at, 0), Escape: -1 }[event.key];
      if (event.ctrlKey || event.altKey || event.metaKey || next === undefined || next < -1 || next >= rows.length) return;
      event.preventDefault();
      show(next, '');
    });
  }

  // On a narrow screen a chart slides under its clients' names, which stay: each gets a paper of its own, on top of all.
  const pin = chart => {
    const svg = chart.querySelector('svg');
    const names = [...svg.querySelectorAll('text[font-weight],[font-weight] text')].map(name => {
      const paper = document.createElementNS(svg.namespaceURI, 'rect');
      const { x, y, width, height } = name.getBBox();
      const sizes = { x: x - 16, y: y - 6, width: width + 40, height: height + 12, fill: 'var(--chart-paper)' };
      for (const key in sizes) paper.setAttribute(key, sizes[key]);
      for (const { name: key, value } of name.closest('[font-weight]').attributes) if (!name.hasAttribute(key)) name.setAttribute(key, value);
      svg.append(paper, name);
      return [x, paper, name];
    });
    return () => {
      const left = chart.scrollLeft * svg.viewBox.baseVal.width / svg.clientWidth + 16;
      for (const [x, ...parts] of names) {
        for (const part of parts) part.setAttribute('transform', `translate(${Math.max(0, left - x)} 0)`);
        parts[0].setAttribute('visibility', left > x ? 'visible' : 'hidden');
      }
    };
  };
  for (const chart of all('#lanes .chart,#behind .chart,#requests .chart,#fates .chart')) {
    let move;
    chart.addEventListener('scroll', () => { (move ??= pin(chart))(); });
  }

  // Only what scrolls or answers to keys is a stop of the tab key.
  const sizes = new ResizeObserver(boxes => {
    for (const { target } of boxes) {
      const stop = reads.has(target) || target.scrollWidth > target.clientWidth || target.scrollHeight > target.clientHeight;
      if (stop) target.tabIndex = 0; else target.removeAttribute('tabindex');
    }
  });
  for (const box of all('.chart,.wide,pre')) sizes.observe(box);

  addEventListener('beforeprint', () => { for (const details of all('section > details:not(.source)')) details.open = true; });
})();
