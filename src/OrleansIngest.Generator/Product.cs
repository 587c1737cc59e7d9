namespace OrleansIngest.Generator;

/// <summary>A product at one of its prices.</summary>
/// <param name="Id">From 1001.</param>
/// <param name="Name">As people read it.</param>
/// <param name="PriceCents">In hundredths.</param>
/// <param name="Fields"><c>product_id,product_name,price</c> as CSV, UTF-8, with the commas before and after.</param>
sealed record Product(int Id, string Name, int PriceCents, byte[] Fields);
