import type { Reads } from "./reads.ts";

/** Columns: names, casts, JSON, computed ones. */
export const COLUMNS: Reads = {
  "films?select=id,title&id=eq.1": [{ id: 1, title: "Cleo" }],
  "films?select=name:title&id=eq.1": [{ name: "Cleo" }],
  "films?select=year::text&id=eq.1": [{ year: "1962" }],
  "films?select=y:year::text&id=eq.1": [{ y: "1962" }],
  "films?select=rating::double precision&id=eq.1": [{ rating: 7.9 }],
  "films?select=rating::int4&id=eq.1": [{ rating: 8 }],
  "films?select=year::pg_catalog.text&id=eq.1": "400 PGRST100",
  "films?select=year::nope&id=eq.1": "400 42704",
  "films?select=info->>lang&id=eq.1": [{ lang: "fr" }],
  "films?select=info->box&id=eq.1": [{ box: { usd: 10 } }],
  "films?select=info->box->>usd&id=eq.1": [{ usd: "10" }],
  "films?select=money:info->box->usd::text&id=eq.1": [{ money: "10" }],
  "films?select=info->cast->0->n&id=eq.1": [{ n: "Corinne" }],
  "films?select=info->cast->1&id=eq.1": [{ cast: { n: "Antoine" } }],
  "films?select=info->cast->9&id=eq.1": [{ cast: null }],
  "films?select=tags->0&id=eq.1": [{ tags: "drama" }],
  "films?select=t:tags->>1&id=eq.1": [{ t: "paris" }],
  "films?select=nope": "400 42703",
  "films?select=id,,title": "400 PGRST100",
  "films?select=id:": "400 PGRST100",
  "films?select=title.lower()": "400 PGRST100",
  "films?select=title(": "400 PGRST100",
  "directors?select=full_name&id=eq.1": [{ full_name: "Agnes Varda" }],
  "directors?select=*,full_name&id=eq.1": [
    {
      id: 1,
      first_name: "Agnes",
      last_name: "Varda",
      born: "1928-05-30",
      full_name: "Agnes Varda",
    },
  ],
  "directors?select=id&full_name=like.*Kurosawa": [2],
  "directors?select=id&order=full_name.desc": [3, 2, 1],
  "directors?select=&id=eq.3": [{ id: 3, first_name: "Nobody", last_name: "Yet", born: null }],
  [`odd names?select="a,b",x:"c.d",order-no`]: [{ "a,b": "x", x: "y", "order-no": 7 }],
  "film_titles?select=id,title&id=eq.2": [{ id: 2, title: "Vagabond" }],
  "films?select=shown&id=eq.1": [{ shown: "[1962-04-11,1962-06-01)" }],
};

/** Related rows. */
export const EMBEDS: Reads = {
  "films?select=title,directors(last_name)&id=eq.1": [
    { title: "Cleo", directors: { last_name: "Varda" } },
  ],
  "films?select=title,directors(last_name)&id=eq.5": [{ title: "Untitled*", directors: null }],
  "films?select=title,by:directors(last_name)&id=eq.1": [{
    title: "Cleo",
    by: { last_name: "Varda" },
  }],
  "films?select=director_id(last_name)&id=eq.1": [{ director_id: { last_name: "Varda" } }],
  "films?select=films_director_id_fkey(last_name)&id=eq.1": [
    { films_director_id_fkey: { last_name: "Varda" } },
  ],
  "directors?select=last_name,films(title)&id=eq.2": [
    { last_name: "Kurosawa", films: [{ title: "Ran" }, { title: "Ikiru" }] },
  ],
  "directors?select=last_name,films(title)&id=eq.3": [{ last_name: "Yet", films: [] }],
  "films?select=title,specs(camera)&id=in.(1,2)&order=id": [
    { title: "Cleo", specs: { camera: "Cameflex" } },
    { title: "Vagabond", specs: null },
  ],
  "specs?select=camera,films(title)&film_id=eq.3": [{
    camera: "Panavision",
    films: { title: "Ran" },
  }],
  "films?select=title,actors(name)&id=eq.3&actors.order=name": [
    { title: "Ran", actors: [{ name: "Sandrine" }, { name: "Tatsuya" }] },
  ],
  "films?select=title,actors!roles(name)&id=eq.1": [{
    title: "Cleo",
    actors: [{ name: "Corinne" }],
  }],
  "actors?select=name,roles(character,films(title))&id=eq.3": [
    { name: "Tatsuya", roles: [{ character: "Hidetora", films: { title: "Ran" } }] },
  ],
  "directors?select=last_name,films(title,actors(name))&id=eq.1&films.order=id": [
    {
      last_name: "Varda",
      films: [
        { title: "Cleo", actors: [{ name: "Corinne" }] },
        { title: "Vagabond", actors: [{ name: "Sandrine" }] },
      ],
    },
  ],
  "directors?select=id,films(*)&id=eq.3": [{ id: 3, films: [] }],
  "directors?select=id,films()&id=eq.1": [1],
  "directors?select=last_name,films(roles(actors()))&id=eq.1": [{ last_name: "Varda" }],
  "films?select=title,producers(name)": "400 PGRST200",
  "films?select=title,addresses(city)": "400 PGRST200",
  "films?select=title,directors!nope(id)": "400 PGRST200",
  "orders?select=id,addresses(city)": "300 PGRST201",
  "orders?select=id,addresses!billing(city)&id=eq.1": [{ id: 1, addresses: { city: "Paris" } }],
  "orders?select=id,addresses!shipping_id(city)&id=eq.1": [{ id: 1, addresses: { city: "Tokyo" } }],
  "orders?select=id,from:billing(city),to:shipping(city)&id=eq.1": [
    { id: 1, from: { city: "Paris" }, to: { city: "Tokyo" } },
  ],
  "orders?select=id,from:billing_id(city),to:shipping_id(city)&id=eq.3": [
    { id: 3, from: null, to: { city: "Paris" } },
  ],
  "addresses?select=city,orders(id)&id=eq.1": "300 PGRST201",
  "addresses?select=city,orders!shipping(id)&id=eq.2": [{
    city: "Tokyo",
    orders: [{ id: 1 }, { id: 2 }],
  }],
  "addresses?select=city,paid:orders!billing(id),sent:orders!shipping(id)&id=eq.1": [
    { city: "Paris", paid: [{ id: 1 }], sent: [{ id: 3 }] },
  ],
  "staff?select=name,manager:manager_id(name)&id=eq.4": [{ name: "Dan", manager: { name: "Ben" } }],
  "staff?select=name,team:staff!manager_id(name)&id=eq.1": [
    { name: "Ann", team: [{ name: "Ben" }, { name: "Cas" }] },
  ],
  "staff_above?schema=annex&select=id,boss,grandboss&id=eq.4": [{ id: 4, boss: 2, grandboss: 1 }],
  "staff_above?schema=annex&select=id,boss(id)&id=eq.4": [{ id: 4, boss: { id: 2 } }],
  "staff?select=name,staff(name)&id=eq.2": [{ name: "Ben", staff: [{ name: "Dan" }] }],
  "staff?select=name,manager_id(name,manager_id(name))&id=eq.4": [
    { name: "Dan", manager_id: { name: "Ben", manager_id: { name: "Ann" } } },
  ],
  "film_titles?select=title,directors(last_name)&id=eq.1": [
    { title: "Cleo", directors: { last_name: "Varda" } },
  ],
  "directors?select=last_name,film_titles(title)&id=eq.1": [
    { last_name: "Varda", film_titles: [{ title: "Cleo" }, { title: "Vagabond" }] },
  ],
  "film_titles?select=title,director_names(number)&id=eq.3": [
    { title: "Ran", director_names: { number: 2 } },
  ],
  "old_films?select=title,directors(last_name)&id=eq.2": [
    { title: "Vagabond", directors: { last_name: "Varda" } },
  ],
  "film_titles?select=title,actors(name)&id=eq.1": [{
    title: "Cleo",
    actors: [{ name: "Corinne" }],
  }],
  "directors?select=last_name,best_films(title)&id=eq.1": [
    { last_name: "Varda", best_films: [{ title: "Vagabond" }] },
  ],
  "films?select=title,maker(last_name)&id=eq.1": [{ title: "Cleo", maker: { last_name: "Varda" } }],
  "films?select=title,maker(last_name)&id=eq.5": [{ title: "Untitled*", maker: null }],
  "directors?select=id,best_films(title,maker(id))&best_films.title=eq.Ran&id=eq.2": [
    { id: 2, best_films: [{ title: "Ran", maker: { id: 2 } }] },
  ],
};

/** Conditions, orders and pages of related rows. */
export const EMBEDDED_FILTERS: Reads = {
  "directors?select=id,films(title)&films.year=eq.1985&order=id&id=lt.3": [
    { id: 1, films: [{ title: "Vagabond" }] },
    { id: 2, films: [{ title: "Ran" }] },
  ],
  "directors?select=id,films!inner(title)&films.title=eq.Ran": [{
    id: 2,
    films: [{ title: "Ran" }],
  }],
  "directors?select=id,films!left(title)&films.title=eq.Ran&id=eq.1": [{ id: 1, films: [] }],
  "films?select=id,directors!inner(last_name)&directors.last_name=eq.Varda&order=id": [
    { id: 1, directors: { last_name: "Varda" } },
    { id: 2, directors: { last_name: "Varda" } },
  ],
  "films?select=id,directors!inner()&directors.last_name=eq.Varda&order=id": [1, 2],
  "films?select=id,actors!inner(name)&actors.name=eq.Sandrine&order=id": [
    { id: 2, actors: [{ name: "Sandrine" }] },
    { id: 3, actors: [{ name: "Sandrine" }] },
  ],
  "directors?select=id,films!inner(id,actors!inner(name))&films.actors.name=eq.Tatsuya": [
    { id: 2, films: [{ id: 3, actors: [{ name: "Tatsuya" }] }] },
  ],
  "directors?select=id,films(id,actors(name))&films.actors.name=eq.Tatsuya&id=eq.2&films.id=eq.3": [
    { id: 2, films: [{ id: 3, actors: [{ name: "Tatsuya" }] }] },
  ],
  "directors?select=id,films!inner!films_director_id_fkey(id)&films.id=eq.4": [
    { id: 2, films: [{ id: 4 }] },
  ],
  "directors?select=id,films(id)&films.or=(id.eq.1,id.eq.3)&order=id": [
    { id: 1, films: [{ id: 1 }] },
    { id: 2, films: [{ id: 3 }] },
    { id: 3, films: [] },
  ],
  "directors?select=id,films(id)&films.not.or=(id.eq.1,id.eq.3)&id=eq.1": [
    { id: 1, films: [{ id: 2 }] },
  ],
  "directors?select=id,films(id)&films.info->>lang=eq.ja&id=eq.2": [{ id: 2, films: [{ id: 3 }] }],
  "directors?select=id,films(id)&films.order=id.desc&films.limit=1&id=eq.1": [
    { id: 1, films: [{ id: 2 }] },
  ],
  "directors?select=id,films(id)&films.order=id&films.limit=1&films.offset=1&id=eq.1": [
    { id: 1, films: [{ id: 2 }] },
  ],
  "directors?select=id,works:films(id)&works.id=eq.1&id=eq.1": [{ id: 1, works: [{ id: 1 }] }],
  "directors?select=id,works:films(id)&films.id=eq.1&id=eq.1": [{ id: 1, works: [{ id: 1 }] }],
  "directors?select=id,one:films(id),two:films(id)&one.id=eq.1&two.id=eq.2&id=eq.1": [
    { id: 1, one: [{ id: 1 }], two: [{ id: 2 }] },
  ],
  "directors?select=id&films.title=eq.Ran": "400 PGRST108",
  "directors?select=id,films(id)&actors.name=eq.x": "400 PGRST108",
  "directors?select=id,films()&films=is.null": [3],
  "directors?select=id,films()&films=not.is.null&order=id": [1, 2],
  "directors?select=id,films()&films.year=eq.1962&films=not.is.null": [1],
  "directors?select=id,films()&films.year=eq.1962&films=is.null&order=id": [2, 3],
  "films?select=id,directors()&directors=is.null": [5],
  "films?select=id,specs()&specs=is.not_null&order=id": [1, 3],
  "films?select=id,directors(last_name)&directors=not.is.null&directors.born=gt.1920-01-01&order=id":
    [
      { id: 1, directors: { last_name: "Varda" } },
      { id: 2, directors: { last_name: "Varda" } },
    ],
  "films?select=id,actors(),specs()&or=(specs.not.is.null,actors.is.null)&order=id": [1, 3, 4, 5],
  "films?select=id,directors()&directors=eq.1": "400 PGRST120",
  "films?select=id,directors(id)&directors=is.true": "400 PGRST120",
};

/** Spread columns. */
export const SPREADS: Reads = {
  "films?select=title,...directors(last_name)&id=eq.1": [{ title: "Cleo", last_name: "Varda" }],
  "films?select=title,...directors(by:last_name)&id=eq.1": [{ title: "Cleo", by: "Varda" }],
  "films?select=title,...directors(last_name)&id=eq.5": [{ title: "Untitled*", last_name: null }],
  "films?select=title,...directors(first_name,full_name)&id=eq.1": [
    { title: "Cleo", first_name: "Agnes", full_name: "Agnes Varda" },
  ],
  "specs?select=camera,...films(title,...directors(last_name))&film_id=eq.1": [
    { camera: "Cameflex", title: "Cleo", last_name: "Varda" },
  ],
  "specs?select=camera,...films(*)&film_id=eq.9": [],
  "roles?select=character,...films(title,actors(name))&film_id=eq.1": [
    { character: "Cleo", title: "Cleo", actors: [{ name: "Corinne" }] },
  ],
  "films?select=id,...directors!inner(last_name)&directors.last_name=eq.Varda&order=id": [
    { id: 1, last_name: "Varda" },
    { id: 2, last_name: "Varda" },
  ],
  "directors?select=id,...films(titles:title)&films.order=id&id=eq.1": [
    { id: 1, titles: ["Cleo", "Vagabond"] },
  ],
  "directors?select=id,...films(title,year)&films.order=year&id=eq.2": [
    { id: 2, title: ["Ikiru", "Ran"], year: [1952, 1985] },
  ],
  "directors?select=id,...films(title)&id=eq.3": [{ id: 3, title: [] }],
  "films?select=id,...actors(name)&id=eq.3&actors.order=name.desc": [
    { id: 3, name: ["Tatsuya", "Sandrine"] },
  ],
  "directors?select=id,...films(year.sum())": "400 PGRST127",
  "directors?select=...films()&id=eq.1": [{}],
};

/** Aggregates. */
export const AGGREGATES: Reads = {
  "films?select=...directors(last_name),count()&order=directors(last_name)": [
    { last_name: "Kurosawa", count: 2 },
    { last_name: "Varda", count: 2 },
    { last_name: null, count: 1 },
  ],
  "films?select=...directors(name:last_name),count()&order=directors(name).desc.nullslast": [
    { name: "Varda", count: 2 },
    { name: "Kurosawa", count: 2 },
    { name: null, count: 1 },
  ],
  "roles?select=...films(directors(last_name)),count()&film_id=eq.3": [
    { directors: { last_name: "Kurosawa" }, count: 2 },
  ],
  "sales?select=count()": [{ count: 4 }],
  "sales?select=n:count()": [{ n: 4 }],
  "sales?select=amount.count()": [{ count: 3 }],
  "sales?select=amount.sum()": [{ sum: 22 }],
  "sales?select=amount.avg()": [{ avg: 7.3333333333333333 }],
  "sales?select=amount.min(),amount.max()": [{ min: 5, max: 10 }],
  "sales?select=total:amount.sum()&region=eq.eu": [{ total: 15 }],
  "sales?select=region,amount.sum()&order=region": [{ region: "eu", sum: 15 }, {
    region: "us",
    sum: 7,
  }],
  "sales?select=region,product,count()&order=region,product": [
    { region: "eu", product: "disc", count: 1 },
    { region: "eu", product: "dvd", count: 1 },
    { region: "us", product: "dvd", count: 2 },
  ],
  "sales?select=amount.avg()::int4": [{ avg: 7 }],
  "sales?select=a:amount::text.max()": [{ a: "7" }],
  "sales?select=data->n::int4.sum()": [{ sum: 6 }],
  "sales?select=amount.median()": "400 PGRST100",
  "sales?select=region,...films(title)&region=eq.eu&order=id": [
    { region: "eu", title: "Cleo" },
    { region: "eu", title: "Vagabond" },
  ],
  "sales?select=amount.sum(),...films(year)&order=films(year)": [
    { sum: 10, year: 1962 },
    { sum: 12, year: 1985 },
  ],
  "sales?select=amount.sum(),films(title)&films.title=eq.Ran&film_id=eq.3": [
    { sum: 7, films: { title: "Ran" } },
  ],
  "films?select=title,sales(amount.sum())&id=eq.3": [{ title: "Ran", sales: [{ sum: 7 }] }],
  "films?select=title,sales(product,amount.sum(),count())&id=eq.3": [
    { title: "Ran", sales: [{ product: "dvd", sum: 7, count: 2 }] },
  ],
  "films?select=title,sales(count())&id=eq.4": [{ title: "Ikiru", sales: [{ count: 0 }] }],
  "sales?select=region,...films(year.max())&order=region": [
    { region: "eu", max: 1985 },
    { region: "us", max: 1985 },
  ],
  "sales?select=region,...films(oldest:year.min()::text)&order=region": [
    { region: "eu", oldest: "1962" },
    { region: "us", oldest: "1985" },
  ],
};
