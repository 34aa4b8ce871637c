import type { WireImage } from './wire.ts'

/** A new picture: its colours and sizes are null until Etsy has processed it. */
export function unknownColours(
  listingId: number,
  id: number,
  rank: number,
  altText: string,
  seconds: number,
): WireImage {
  const url = (size: string): string => `https://i.etsystatic.com/il/${size}/${id}.jpg`
  return {
    listing_id: listingId,
    listing_image_id: id,
    hex_code: null,
    red: null,
    green: null,
    blue: null,
    hue: null,
    saturation: null,
    brightness: null,
    is_black_and_white: null,
    creation_tsz: seconds,
    created_timestamp: seconds,
    rank,
    url_75x75: url('75x75'),
    url_170x135: url('170x135'),
    url_570xN: url('570xN'),
    url_fullxfull: url('fullxfull'),
    full_height: null,
    full_width: null,
    alt_text: altText === '' ? null : altText,
  }
}
