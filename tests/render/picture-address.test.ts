import fc from "fast-check";
import { expect, test } from "vitest";
import { isSamePicture, pictureAt, picturesIn } from "../../src/render/picture-address.ts";

const isSame = (a: string, b: string) => isSamePicture(pictureAt(a), pictureAt(b));
const AT = "https://img.example.org";

test.each([
  ["the scheme", `http://img.example.org/a.jpg`, `${AT}/a.jpg`],
  ["the fragment", `${AT}/a.jpg#top`, `${AT}/a.jpg`],
  ["the width and height of an image service", `${AT}/a.jpg?w=640&h=480`, `${AT}/a.jpg?w=1600&h=900&q=80`],
  ["the format", `${AT}/a.webp`, `${AT}/a.JPG`],
  ["two formats in a name", `${AT}/a.jpg.webp`, `${AT}/a.jpg`],
  ["a stamp that one of them has", `${AT}/a.jpg?ver=7`, `${AT}/a.jpg`],
  ["a size beside the number of the picture", `${AT}/image?id=5&width=640`, `${AT}/image?id=5`],
  ["the size of WordPress", `${AT}/2026/11/bridge-1024x768.jpg`, `${AT}/2026/11/bridge.jpg`],
  ["the large one of WordPress", `${AT}/2026/11/bridge-scaled.jpg`, `${AT}/2026/11/bridge-300x200.jpg`],
  ["the density", `${AT}/bridge@2x.png`, `${AT}/bridge.png`],
  ["the size of a broadcaster", `${AT}/9f1c_w1023_n_r1_s.jpg`, `${AT}/9f1c_cx0_cy10_cw0_w408_r1.jpg`],
  ["the size of Thumbor", `${AT}/fit-in/640x480/bridge.jpg`, `${AT}/fit-in/1600x900/bridge.jpg`],
  ["the size of Cloudinary", `${AT}/upload/w_640,h_480,c_fill/bridge.jpg`, `${AT}/upload/bridge.jpg`],
  ["the size of Cloudflare", `${AT}/cdn-cgi/image/width=640,quality=75/b.jpg`, `${AT}/cdn-cgi/image/b.jpg`],
])("when two addresses differ in %s, they are of one picture", (_, a, b) => {
  expect(isSame(a, b)).toBe(true);
  expect(isSame(b, a)).toBe(true);
});

test.each([
  ["the name", `${AT}/a.jpg`, `${AT}/b.jpg`],
  ["the folder", `${AT}/2026/11/01/a.jpg`, `${AT}/2026/11/02/a.jpg`],
  ["the host", `${AT}/a.jpg`, "https://other.example.org/a.jpg"],
  ["the number of a picture in a series", `${AT}/bridge-1.jpg`, `${AT}/bridge-2.jpg`],
  ["a number that is no size", `${AT}/photo_640.jpg`, `${AT}/photo_641.jpg`],
  ["the parameter that names the picture", `${AT}/image?id=5`, `${AT}/image?id=7`],
  ["a query that is the name of the picture", `${AT}/image?5`, `${AT}/image?7`],
  ["the case of the name", `${AT}/Bridge.jpg`, `${AT}/bridge.jpg`],
  ["the extension of something else", `${AT}/a.jpg2`, `${AT}/a.jpg`],
])("when two addresses differ in %s, they are of two pictures", (_, a, b) => {
  expect(isSame(a, b)).toBe(false);
  expect(isSame(b, a)).toBe(false);
});

test("when a tag of the body is read, it shows its src and every candidate of its srcset", () => {
  const tag = `<img src="${AT}/a.jpg?x=1&amp;y=2" srcset="${AT}/b.jpg 640w, ${AT}/c,d.jpg 2x" alt="${AT}/e.jpg" />`;
  const paths = picturesIn(tag).map(({ path }) => path);
  expect(paths).toEqual(["a", "b", "c,d"].map((name) => `//img.example.org/${name}`));
  expect(picturesIn(tag)[0]?.query).toEqual(new Set(["x=1", "y=2"]));
});

test("when an address is any text, it is compared at once, and is the same as itself", () => {
  const pieces = fc.constantFrom(
    "_w12",
    "_c1",
    "-640x480",
    "@2x",
    ".jpg",
    "/",
    "?",
    "&",
    "w=1",
    "a",
    "#",
    "_n",
  );
  fc.assert(
    fc.property(fc.array(pieces, { maxLength: 600 }), (parts) => {
      const address = `${AT}/${parts.join("")}`;
      expect(isSame(address, address)).toBe(true);
    }),
    { numRuns: 100 },
  );
});
