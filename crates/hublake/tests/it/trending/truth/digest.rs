//! SHA-256, written down from FIPS 180-4.

/// The first 32 bits of the fractions of the square roots of the first 8 primes.
const START: [u32; 8] =
    [0x6a09_e667, 0xbb67_ae85, 0x3c6e_f372, 0xa54f_f53a, 0x510e_527f, 0x9b05_688c, 0x1f83_d9ab, 0x5be0_cd19];

/// The digest in hexadecimal.
pub fn sha256(bytes: &[u8]) -> String {
    let mut message = bytes.to_vec();
    message.push(0x80);
    while message.len() % 64 != 56 {
        message.push(0);
    }
    message.extend_from_slice(&(bytes.len() as u64 * 8).to_be_bytes());
    let constants = constants();
    let mut state = START;
    for block in message.chunks_exact(64) {
        compress(&mut state, block, &constants);
    }
    state.iter().map(|word| format!("{word:08x}")).collect()
}

/// The first 32 bits of the fractions of the cube roots of the first 64 primes, found by bisection.
fn constants() -> [u32; 64] {
    let is_prime =
        |number: &u128| (2..*number).take_while(|part| part * part <= *number).all(|part| !number.is_multiple_of(part));
    let mut constants = [0; 64];
    for (constant, prime) in constants.iter_mut().zip((2u128..).filter(is_prime)) {
        // The greatest root whose cube is at most the prime, in units of 2^-32.
        let (mut low, mut high) = (0u128, 1 << 36);
        while high - low > 1 {
            let middle = u128::midpoint(low, high);
            if middle * middle * middle <= prime << 96 { low = middle } else { high = middle }
        }
        *constant = (low & 0xffff_ffff) as u32;
    }
    constants
}

fn compress(state: &mut [u32; 8], block: &[u8], constants: &[u32; 64]) {
    let mut words: Vec<u32> =
        block.chunks_exact(4).map(|four| u32::from_be_bytes([four[0], four[1], four[2], four[3]])).collect();
    for place in 16..64 {
        let (early, late) = (words[place - 15], words[place - 2]);
        let sum = |word: u32, left, right, shift| word.rotate_right(left) ^ word.rotate_right(right) ^ (word >> shift);
        let next = words[place - 16]
            .wrapping_add(sum(early, 7, 18, 3))
            .wrapping_add(words[place - 7])
            .wrapping_add(sum(late, 17, 19, 10));
        words.push(next);
    }
    let [mut a, mut b, mut c, mut d, mut e, mut f, mut g, mut h] = *state;
    for (word, constant) in words.iter().zip(constants) {
        let choice = (e & f) ^ (!e & g);
        let turned = e.rotate_right(6) ^ e.rotate_right(11) ^ e.rotate_right(25);
        let first = h.wrapping_add(turned).wrapping_add(choice).wrapping_add(*constant).wrapping_add(*word);
        let majority = (a & b) ^ (a & c) ^ (b & c);
        let second = (a.rotate_right(2) ^ a.rotate_right(13) ^ a.rotate_right(22)).wrapping_add(majority);
        (h, g, f, e, d, c, b, a) = (g, f, e, d.wrapping_add(first), c, b, a, first.wrapping_add(second));
    }
    for (word, more) in state.iter_mut().zip([a, b, c, d, e, f, g, h]) {
        *word = word.wrapping_add(more);
    }
}

#[test]
fn digests_are_those_of_the_standard() {
    assert_eq!(sha256(b"abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    let long = b"abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq";
    assert_eq!(sha256(long), "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
}
