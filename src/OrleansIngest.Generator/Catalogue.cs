using System.Globalization;
using System.Text;

namespace OrleansIngest.Generator;

/// <summary>The products of the shop. Their names have everything that CSV readers must handle: commas, quotes, letters of many
/// alphabets.</summary>
/// <remarks>Bogus would take 50 to 110 ms to start, has no such names, and may name things
/// differently in its next version.</remarks>
static class Catalogue
{
    const int FirstId = 1001;

    static readonly string[] Brands =
    [
        "Nordlys", "Café Müller", "Ångström", "Żubr", "O'Hara & Sons", "Señorita", "東京堂", "Ωmega", "Kestrel", "Brightwater",
        "Çelik", "Молния",
        "Hudson, Reed & Co.", "Lumière", "Fjällräv", "Tanaka",
    ];

    static readonly (string Name, int FromCents, int ToCents)[] Things =
    [
        ("espresso machine", 8900, 74900), ("running shoes", 3900, 18900), ("desk lamp", 1500, 12900),
        ("rain jacket", 3500, 24900),
        ("headphones", 1900, 34900), ("cast-iron pan", 2400, 9900), ("yoga mat", 1200, 7900), ("backpack 25 l", 2900, 15900),
        ("27\" monitor", 14900, 89900), ("mechanical keyboard", 4900, 21900), ("wool socks (3 pairs)", 900, 3900),
        ("tea, loose leaf, 250 g", 490, 2490),
        ("bicycle pump", 1100, 5900), ("board game \"Harbour\"", 1900, 6900), ("notebook A5, dotted", 390, 1990),
        ("water bottle", 790, 3490),
        ("chef's knife 8\"", 2900, 19900), ("garden chair", 2500, 14900), ("toy train", 990, 8990), ("e-reader", 7900, 29900),
        ("olive oil 0.5 l", 690, 2990), ("duvet 135×200", 3900, 19900), ("phone case", 490, 3990), ("usb-c cable 2 m", 290, 2490),
        ("dumbbell 2 × 5 kg", 1900, 6900),
    ];

    static readonly string[] Finishes = ["", "", ", black", ", white", ", crème", " – limited edition", " \"Pro\"", " (2-pack)",
        ", größe M", " mini"];

    /// <summary>Each product twice, at its usual and its sale price; the second follows the first.</summary>
    public static Product[] Create(long seed)
    {
        var random = new SplitMix(unchecked((ulong)seed) ^ 0xCA7A106);
        var products = new List<Product>();
        foreach (var thing in Things)
        {
            foreach (var brand in Brands)
            {
                var name = $"{brand} {thing.Name}{Finishes[random.Below(Finishes.Length)]}";
                var cents = (int)(thing.FromCents + random.Below(thing.ToCents - thing.FromCents));
                cents = cents / 100 * 100 + (random.Percent(70) ? 99 : random.Percent(50) ? 50 : 0);
                var id = FirstId + products.Count / 2;
                products.Add(Create(id, name, cents));
                products.Add(Create(id, name, cents * (100 - 5 * (int)(1 + random.Below(6))) / 100));
            }
        }

        return [.. products];
    }

    /// <summary>The text as a CSV field, quoted if necessary.</summary>
    public static string Field(string text) =>
        text.AsSpan().ContainsAny(",\"\r\n") ? $"\"{text.Replace("\"", "\"\"", StringComparison.Ordinal)}\"" : text;

    static Product Create(int id, string name, int cents)
    {
        var fields = string.Create(CultureInfo.InvariantCulture, $",{id},{Field(name)},{cents / 100}.{cents % 100:D2},");
        return new Product(id, name, cents, Encoding.UTF8.GetBytes(fields));
    }
}
