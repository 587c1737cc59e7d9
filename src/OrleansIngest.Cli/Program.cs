System.Console.WriteLine("ingest");
